import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { ChannelMessage } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';

async function take(messages: AsyncIterator<ChannelMessage>, count: number): Promise<ChannelMessage[]> {
  const taken: ChannelMessage[] = [];
  while (taken.length < count) {
    const step = await messages.next();
    if (step.done === true) break;
    taken.push(step.value);
  }
  return taken;
}

const dataOf = (messages: ChannelMessage[]) => messages.map(({ data }) => data);

describe('MemoryChannels', () => {
  it('delivers to every subscriber in order, and nothing from before the subscription', async () => {
    const channels = new MemoryChannels();
    await channels.publish('a', 'before');
    const [one, two] = [channels.subscribe('a'), channels.subscribe('a')];
    for (let index = 0; index < 100; index += 1) await channels.publish('a', index);
    const expected = Array.from({ length: 100 }, (_, index) => index);
    assert.deepEqual(dataOf(await take(one, 100)), expected);
    assert.deepEqual(dataOf(await take(two, 100)), expected);
  });

  it('keeps channels apart, whatever their names', async () => {
    const channels = new MemoryChannels();
    const messages = channels.subscribe('__proto__');
    await channels.publish('constructor', 1);
    await channels.publish('__proto__', 2);
    assert.deepEqual(dataOf(await take(messages, 1)), [2]);
  });

  it('gives ids that grow, also within one millisecond', async () => {
    const channels = new MemoryChannels();
    const messages = channels.subscribe('a');
    for (let index = 0; index < 500; index += 1) await channels.publish('a', index);
    const keys = (await take(messages, 500)).map(({ id }) => id.split('-').map(Number));
    for (const [index, [time = 0, sequence = 0]] of keys.entries()) {
      const [previousTime = -1, previousSequence = -1] = keys[index - 1] ?? [];
      assert.ok(time > previousTime || (time === previousTime && sequence > previousSequence));
    }
  });

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

  it('gives everything that is kept after 0-0', async () => {
    const channels = new MemoryChannels();
    await channels.publish('a', 1);
    const [message] = await take(channels.subscribe('a', { after: '0-0' }), 1);
    assert.deepEqual([message?.data, message?.gap], [1, undefined]);
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

  for (const after of ['garbage', '1', '99999999999999-0', 'x'.repeat(10_000), '-', '1-1; DROP']) {
    it(`marks a gap after an id that it never gave: ${after.slice(0, 20)}`, async () => {
      const channels = new MemoryChannels();
      await channels.publish('a', 1);
      const [message] = await take(channels.subscribe('a', { after }), 1);
      assert.deepEqual([message?.data, message?.gap], [1, true]);
    });
  }

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

  it('takes ids of the publisher’s own if they grow', async () => {
    const channels = new MemoryChannels();
    assert.equal(await channels.publish('a', 1, { id: '1-0' }), '1-0');
    assert.equal(await channels.publish('a', 2, { id: '2-0' }), '2-0');
    const [message] = await take(channels.subscribe('a', { after: '1-0' }), 1);
    assert.deepEqual(message, { id: '2-0', data: 2 });
    for (const id of ['2-0', '1-5', 'x', '3', '', '3-', '1e3-0']) {
      await assert.rejects(channels.publish('a', 3, { id }), RangeError);
    }
  });

  it('drops the oldest for a subscriber that is too slow, and says so in the next message', async () => {
    const channels = new MemoryChannels({ maxMessages: 3 });
    const slow = channels.subscribe('a');
    for (let index = 0; index < 10; index += 1) await channels.publish('a', index);
    const taken = await take(slow, 3);
    assert.deepEqual(
      taken.map(({ data, gap }) => [data, gap]),
      [
        [7, true],
        [8, undefined],
        [9, undefined],
      ],
    );
  });

  it('ends a subscription by its signal, after what waits', async () => {
    const channels = new MemoryChannels();
    const leaving = new AbortController();
    const messages = channels.subscribe('a', { signal: leaving.signal });
    await channels.publish('a', 1);
    leaving.abort();
    await channels.publish('a', 2);
    assert.deepEqual(dataOf(await take(messages, 5)), [1]);
    const aborted = channels.subscribe('a', { signal: AbortSignal.abort() });
    assert.equal((await aborted.next()).done, true);
  });

  it('ends every subscription when it is closed', async () => {
    const channels = new MemoryChannels();
    const pending = channels.subscribe('a').next();
    await channels.close();
    assert.equal((await pending).done, true);
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
