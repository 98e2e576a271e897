import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heartbeatWithin, Heartbeats } from '#src/server/heartbeats.js';

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
