import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { take, testChannels } from './channels-suite.js';

describe('MemoryChannels', () => {
  testChannels(async (options = {}) => new MemoryChannels(options));

  it('replays what came after any id that it gave, and goes on with what is new: nothing lost, nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.nat(), fc.nat(10), async (count, pick, more) => {
        const channels = new MemoryChannels();
        const ids: string[] = [];
        for (let index = 0; index < count; index += 1) ids.push(await channels.publish('a', index));
        const seen = pick % count;
        const messages = channels.subscribe('a', { after: ids[seen] });
        for (let index = 0; index < more; index += 1) await channels.publish('a', count + index);
        const missed = count - seen - 1 + more;
        const taken = await take(messages, missed);
        assert.deepEqual(
          taken.map(({ data, gap }) => [data, gap]),
          Array.from({ length: missed }, (_, index) => [seen + 1 + index, undefined]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('marks a gap where the messages after an id are no longer kept, by count', async () => {
    const channels = new MemoryChannels({ maxMessages: 2 });
    const ids = [];
    for (const data of [1, 2, 3, 4]) ids.push(await channels.publish('a', data));
    const late = await take(channels.subscribe('a', { after: ids[0] }), 2);
    assert.deepEqual(
      late.map(({ data, gap }) => [data, gap]),
      [
        [3, true],
        [4, undefined],
      ],
    );
    const [next] = await take(channels.subscribe('a', { after: ids[1] }), 1);
    assert.deepEqual([next?.data, next?.gap], [3, undefined]);
  });

  it('marks a gap where they were kept too long, with a marker of its own if none is left', async () => {
    const channels = new MemoryChannels({ maxAgeMs: 1 });
    const first = await channels.publish('a', 1);
    const last = await channels.publish('a', 2);
    await wait(5);
    const [marker] = await take(channels.subscribe('a', { after: first }), 1);
    assert.deepEqual(marker, { id: last, data: undefined, gap: true });
  });

  it('marks a gap after an id from before the channel began anew, such as before a restart', async () => {
    const before = new MemoryChannels();
    const id = await before.publish('a', 'seen');
    await before.publish('a', 'lost with the process');
    await wait(3);
    const restarted = new MemoryChannels();
    await restarted.publish('a', 'new');
    const [message] = await take(restarted.subscribe('a', { after: id }), 1);
    assert.deepEqual([message?.data, message?.gap], ['new', true]);
  });

  it('holds neither a channel nor a listener after its only subscriber has left, and forgets old channels', async () => {
    const channels = new MemoryChannels({ maxAgeMs: 1 });
    const leaving = new AbortController();
    for (let index = 0; index < 50; index += 1) {
      await channels.publish(`order-${index}`, index);
      const messages = channels.subscribe(`nobody-publishes-${index}`, { signal: leaving.signal });
      await messages.return?.();
    }
    await wait(5);
    for (let index = 0; index < 50; index += 1) await channels.publish('other', index);
    // A forgotten channel knows nothing of its ids any more: the id counts as one it never gave.
    assert.equal(channels.size, 1);
  });
});
