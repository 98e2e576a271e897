import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LiveConnection, LiveConnections } from '#src/server/live-connections.js';

class Recorded implements LiveConnection {
  readonly said: string[] = [];
  constructor(
    readonly requestId: string,
    private readonly fault?: 'throws' | 'rejects',
  ) {}
  endPolitely(reason: string): Promise<void> {
    this.said.push(reason);
    if (this.fault === 'throws') throw new Error('no');
    return this.fault === 'rejects' ? Promise.reject(new Error('no')) : Promise.resolve();
  }
  terminate(): void {
    this.said.push('terminate');
  }
}

describe('LiveConnections', () => {
  it('ends all, and cuts those that cannot be ended in good order', async () => {
    const live = new LiveConnections();
    const all = [new Recorded('1', 'throws'), new Recorded('2', 'rejects'), new Recorded('3')];
    for (const each of all) live.add(each);
    assert.deepEqual(live.requestIds, ['1', '2', '3']);
    await live.endPolitely('shutdown');
    assert.deepEqual(
      all.map(({ said }) => said),
      [['shutdown', 'terminate'], ['shutdown', 'terminate'], ['shutdown']],
    );
  });

  it('ends one that comes after the end has begun', async () => {
    const live = new LiveConnections();
    await live.endPolitely('shutdown');
    const late = new Recorded('late');
    live.add(late);
    assert.deepEqual(late.said, []);
    await Promise.resolve();
    assert.deepEqual(late.said, ['shutdown']);
    live.delete(late);
    assert.equal(live.size, 0);
  });
});
