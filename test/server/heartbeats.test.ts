import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { heartbeatWithin, Heartbeats } from '#src/server/heartbeats.js';
import { serveProject } from '../functions/serve-project.js';
import { serve } from '../serve.js';

describe('Heartbeats', () => {
  it('runs one timer for all members of an interval, and none without members', (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] });
    const heartbeats = new Heartbeats();
    let beats = 0;
    const members = Array.from({ length: 100 }, () => ({ beat: () => void (beats += 1) }));
    for (const member of members) heartbeats.add(member, 1000);
    assert.equal(heartbeats.size, 1);
    test.mock.timers.tick(500);
    assert.equal(beats, 100);
    heartbeats.add({ beat: () => undefined }, 0);
    assert.equal(heartbeats.size, 1);
    for (const member of members) heartbeats.remove(member, 1000);
    assert.equal(heartbeats.size, 0);
    test.mock.timers.tick(5000);
    assert.equal(beats, 100);
  });

  it('lets members leave while they are called', (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] });
    const heartbeats = new Heartbeats();
    const called: string[] = [];
    const second = { beat: () => void called.push('second') };
    const first = {
      beat: () => {
        called.push('first');
        heartbeats.remove(first, 100);
        heartbeats.remove(second, 100);
      },
    };
    heartbeats.add(first, 100);
    heartbeats.add(second, 100);
    test.mock.timers.tick(200);
    assert.deepEqual(called, ['first']);
    assert.equal(heartbeats.size, 0);
    heartbeats.remove(first, 100);
  });
});

describe('heartbeatWithin()', () => {
  it('is what was chosen, as long as it comes twice within the time after which a connection is cut', () => {
    for (const [chosen, idle, wanted] of [
      [30_000, 0, 30_000],
      [0, 0, 0],
      [30_000, 60_000, 30_000],
      [30_001, 60_000, 30_000],
      [0, 60_000, 30_000],
      [10, 15, 7],
    ] as const) {
      assert.equal(heartbeatWithin(chosen, idle), wanted);
    }
  });
});

@Controller('/rare')
class Rare {
  @WebSocket('/pings', { heartbeatMs: 50_000 }) pings(text: string) {
    return text;
  }
  @WebSocket('/none', { heartbeatMs: 0 }) none(text: string) {
    return text;
  }
  @WebSocket('/often', { heartbeatMs: 20_000 }) often(text: string) {
    return text;
  }
  @WebSocket('/usual') usual(text: string) {
    return text;
  }
}

describe('a route whose pings are rarer than the platform’s time-out allows', () => {
  it('is named once at the start, with what it asked for, what it has and why', async () => {
    const served = await serve({ controllers: [Rare], wsIdleTimeoutMs: 60_000 });
    const warnings = served.lines.filter(({ level }) => level === 'warn');
    assert.deepEqual(
      warnings.map(({ route, path, heartbeatMs, used }) => [route, path, heartbeatMs, used]),
      [
        ['Rare.pings', '/rare/pings', 50_000, 30_000],
        ['Rare.none', '/rare/none', 0, 30_000],
      ],
    );
    assert.match(
      warnings[0]?.msg ?? '',
      /^Rare\.pings: heartbeatMs is 30000 and not 50000, .*60000 ms.*wsIdleTimeoutMs/,
    );
    await served.close();
  });

  it('is nothing to speak of where no time-out is known', async () => {
    const served = await serve({ controllers: [Rare] });
    assert.deepEqual(
      served.lines.filter(({ level }) => level === 'warn'),
      [],
    );
    await served.close();
  });

  it('is named in a function too, when that is loaded', async () => {
    const module = `
      const { Controller, WebSocket } = require('yunction');
      class Rare { said(text) { return text; } }
      WebSocket('/said', { heartbeatMs: 90_000 })(Rare.prototype, 'said', Object.getOwnPropertyDescriptor(Rare.prototype, 'said'));
      Reflect.defineMetadata('design:paramtypes', [String], Rare.prototype, 'said');
      Controller()(Rare);
      exports.Rare = Rare;`;
    const served = await serveProject({ 'index.js': module }, { wsIdleTimeoutMs: 60_000, eager: true });
    const warnings = served.lines.filter(({ level }) => level === 'warn');
    assert.deepEqual(
      warnings.map(({ route }) => route),
      ['Rare.said'],
    );
    await served.close();
  });
});
