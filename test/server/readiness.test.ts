import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { MemoryChannels } from '#src/channels/memory-channels.js';
import { MemoryStore } from '#src/channels/memory-store.js';
import { Readiness, readinessChecks } from '#src/server/readiness.js';
import { type Line, recordInto } from '../serve.js';

class AilingChannels extends MemoryChannels {
  well = false;
  override health(): boolean {
    return this.well;
  }
}

class AwayStore extends MemoryStore {
  override get state(): 'unavailable' {
    return 'unavailable';
  }
}

describe('Readiness', () => {
  it('names the checks that say no, throw or take too long', async () => {
    const lines: Line[] = [];
    const checks = {
      good: () => true,
      later: async () => true,
      no: () => false,
      thrown: () => {
        throw new Error('refused');
      },
      rejected: () => Promise.reject(new Error('gone')),
      never: () => new Promise<boolean>(() => undefined),
    };
    const failed = await new Readiness(checks, 20, recordInto(lines)).failed();
    assert.deepEqual(failed, ['no', 'thrown', 'rejected', 'never']);
    assert.equal(lines.length, 1);
    assert.match(JSON.stringify(lines[0]), /refused.*gone/);
  });

  it('writes a line when it changes, and none when it stays', async () => {
    const lines: Line[] = [];
    let answer = true;
    const readiness = new Readiness({ redis: () => answer }, 1000, recordInto(lines));
    for (const next of [true, false, false, true, true]) {
      answer = next;
      await readiness.failed();
    }
    assert.deepEqual(
      lines.map(({ level, msg }) => [level, msg]),
      [
        ['warn', 'not ready'],
        ['info', 'ready again'],
      ],
    );
  });

  it('answers those who ask at once with one round of checks', async () => {
    let rounds = 0;
    const check = async () => (rounds += 1) > 0;
    const readiness = new Readiness({ check }, 1000, recordInto([]));
    await Promise.all([readiness.failed(), readiness.failed()]);
    assert.equal(rounds, 1);
    await readiness.failed();
    assert.equal(rounds, 2);
  });

  it('fails nothing where there are no checks', async () => {
    assert.deepEqual(await new Readiness({}, 1000, recordInto([])).failed(), []);
  });
});

describe('readinessChecks', () => {
  const failed = (...args: Parameters<typeof readinessChecks>) =>
    new Readiness(readinessChecks(...args), 1000, recordInto([])).failed();

  it('ask channels and store how they are', async () => {
    const channels = new AilingChannels();
    assert.deepEqual(await failed({ own: () => false }, channels, new AwayStore()), ['channels', 'store', 'own']);
    channels.well = true;
    assert.deepEqual(await failed({}, channels, new MemoryStore()), []);
    await channels.close();
  });

  it('leave checks of the application’s own in their place', async () => {
    const own = { channels: () => true, store: () => true };
    assert.deepEqual(await failed(own, new AilingChannels(), new AwayStore()), []);
  });
});
