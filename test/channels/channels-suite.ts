import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ChannelMessage, Channels } from '#src/channels/channels.js';
import { SubscriptionOverflow } from '#src/channels/channels.js';
import { CatchUpQueue } from '#src/channels/catch-up-queue.js';
import { until } from '../until.js';

export interface SuiteOptions {
  maxMessages?: number;
}

/** Reads so many messages of a subscription, or fewer where it ends. */
export async function take(messages: AsyncIterator<ChannelMessage>, count: number): Promise<ChannelMessage[]> {
  const taken: ChannelMessage[] = [];
  while (taken.length < count) {
    const step = await messages.next();
    if (step.done === true) break;
    taken.push(step.value);
  }
  return taken;
}

/** `subscribe`, from the moment on at which everything is sure to come. */
export async function subscribed(
  channels: Channels,
  ...args: Parameters<Channels['subscribe']>
): Promise<AsyncIterableIterator<ChannelMessage>> {
  const messages = channels.subscribe(...args);
  if (messages instanceof CatchUpQueue) await messages.started;
  return messages;
}

const dataOf = (messages: readonly ChannelMessage[]) => messages.map(({ data }) => data);
const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index);

async function publishAll(channels: Channels, name: string, all: readonly unknown[]): Promise<string[]> {
  const ids: string[] = [];
  for (const data of all) ids.push(await channels.publish(name, data));
  return ids;
}

/**
 * What all channels have in common, whatever carries them.
 * @param make gives channels that nothing was published to yet; they are closed at the end of each test.
 */
export function testChannels(make: (options?: SuiteOptions) => Promise<Channels>): void {
  const using = (options: SuiteOptions, test: (channels: Channels) => Promise<void>) => async () => {
    const channels = await make(options);
    try {
      await test(channels);
    } finally {
      await channels.close();
    }
  };

  it(
    'delivers to every subscriber in order, and nothing from before the subscription',
    using({}, async (channels) => {
      await channels.publish('a', 'before');
      const [one, two] = [channels.subscribe('a'), channels.subscribe('a')];
      await publishAll(channels, 'a', numbers(100));
      assert.deepEqual(dataOf(await take(one, 100)), numbers(100));
      assert.deepEqual(dataOf(await take(two, 100)), numbers(100));
    }),
  );

  it(
    'keeps channels apart, whatever their names',
    using({}, async (channels) => {
      const names = ['__proto__', 'constructor', 'a b', '{a}', '}{', 'ü', 'a:b', ''];
      const subscriptions = names.map((name) => channels.subscribe(name));
      for (const name of names) await channels.publish(name, name);
      for (const [index, messages] of subscriptions.entries()) {
        assert.deepEqual(dataOf(await take(messages, 1)), [names[index]]);
      }
    }),
  );

  it(
    'carries whatever JSON holds, texts and bytes',
    using({}, async (channels) => {
      const all = [{ a: [1, null, { b: 'ü\u0000\n' }] }, '', 'text', 0, false, null, Buffer.from([0, 255, 1])];
      const messages = channels.subscribe('a');
      await publishAll(channels, 'a', all);
      assert.deepEqual(dataOf(await take(messages, all.length)), all);
    }),
  );

  it(
    'gives ids that grow, also within one millisecond',
    using({}, async (channels) => {
      const messages = channels.subscribe('a');
      const ids = await Promise.all(numbers(500).map((data) => channels.publish('a', data)));
      assert.deepEqual(
        (await take(messages, 500)).map(({ id }) => id),
        ids,
      );
      const keys = ids.map((id) => id.split('-').map(Number));
      for (const [index, [time = 0, sequence = 0]] of keys.entries()) {
        const [previousTime = -1, previousSequence = -1] = keys[index - 1] ?? [];
        assert.ok(time > previousTime || (time === previousTime && sequence > previousSequence));
      }
    }),
  );

  it(
    'replays what came after any id that it gave, and goes on with what is new: nothing lost, nothing twice',
    using({}, async (channels) => {
      const ids = await publishAll(channels, 'a', numbers(700));
      for (const seen of [0, 1, 255, 256, 257, 443, 444, 698, 699]) {
        const messages = channels.subscribe('a', { after: ids[seen] });
        const rest = 699 - seen;
        assert.deepEqual(
          (await take(messages, rest)).map(({ data, gap }) => [data, gap]),
          numbers(rest, seen + 1).map((data) => [data, undefined]),
        );
        await messages.return?.();
      }
    }),
  );

  it(
    'loses and repeats nothing while others publish and a subscriber reads what it missed',
    using({}, async (channels) => {
      const ids = await publishAll(channels, 'a', numbers(600));
      const publishing = publishAll(channels, 'a', numbers(600, 600));
      const subscriptions = numbers(5).map((index) => channels.subscribe('a', { after: ids[index * 100] }));
      for (const [index, messages] of subscriptions.entries()) {
        const first = index * 100 + 1;
        const taken = await take(messages, 1200 - first);
        assert.deepEqual(dataOf(taken), numbers(1200 - first, first));
        assert.ok(taken.every(({ gap }) => gap === undefined));
      }
      await publishing;
    }),
  );

  it(
    'gives everything that is kept after 0-0',
    using({}, async (channels) => {
      await channels.publish('a', 1);
      const [message] = await take(channels.subscribe('a', { after: '0-0' }), 1);
      assert.deepEqual([message?.data, message?.gap], [1, undefined]);
      const none = await subscribed(channels, 'b', { after: '0-0' });
      await channels.publish('b', 1);
      assert.deepEqual((await take(none, 1))[0]?.gap, undefined);
    }),
  );

  it(
    'marks a gap where the messages after an id are no longer kept',
    using({ maxMessages: 100 }, async (channels) => {
      const ids = await publishAll(channels, 'a', numbers(400));
      const messages = channels.subscribe('a', { after: ids[3] });
      const [first, second] = await take(messages, 2);
      assert.equal(first?.gap, true);
      assert.ok(Number(first.data) > 4);
      assert.deepEqual([second?.data, second?.gap], [Number(first.data) + 1, undefined]);
      // What is kept is not lost, down to the very oldest that is.
      const [next] = await take(channels.subscribe('a', { after: ids[Number(first.data) - 1] }), 1);
      assert.deepEqual([next?.data, next?.gap], [first.data, undefined]);
    }),
  );

  for (const after of ['garbage', '', '1', '1-1', '99999999999999-0', 'x'.repeat(10_000), '-', '+', '$', '1-1; DROP']) {
    it(
      `marks a gap after an id that it never gave: ${after.slice(0, 20)}`,
      using({}, async (channels) => {
        await channels.publish('a', 1);
        const messages = channels.subscribe('a', { after });
        const [message] = await take(messages, 1);
        assert.deepEqual([message?.data, message?.gap], [1, true]);
        await channels.publish('a', 2);
        assert.deepEqual(dataOf(await take(messages, 1)), [2]);
        // Nothing was ever published there: that too is not what such an id speaks of.
        const [none] = await take(channels.subscribe('b', { after }), 1);
        assert.deepEqual([none?.data, none?.gap], [undefined, true]);
      }),
    );
  }

  it(
    'takes ids of the publisher’s own if they grow',
    using({}, async (channels) => {
      assert.equal(await channels.publish('a', 1, { id: '1-0' }), '1-0');
      assert.equal(await channels.publish('a', 2, { id: '2-0' }), '2-0');
      const [message] = await take(channels.subscribe('a', { after: '1-0' }), 1);
      assert.deepEqual(message, { id: '2-0', data: 2 });
      for (const id of ['2-0', '1-5', 'x', '3', '', '3-', '1e3-0', '0-0', '*', '+']) {
        await assert.rejects(channels.publish('a', 3, { id }), RangeError);
      }
    }),
  );

  it(
    'drops the oldest for a subscriber that is too slow, and says so in the next message',
    using({}, async (channels) => {
      const slow = await subscribed(channels, 'a', { maxQueued: 3 });
      const witness = channels.subscribe('a', { maxQueued: 1000 });
      await publishAll(channels, 'a', numbers(10));
      await take(witness, 10);
      assert.deepEqual(
        (await take(slow, 3)).map(({ data, gap }) => [data, gap]),
        [
          [7, true],
          [8, undefined],
          [9, undefined],
        ],
      );
    }),
  );

  it(
    'lets the messages of a slow subscriber wait in the channel where it is told to: nothing is lost',
    using({}, async (channels) => {
      const slow = await subscribed(channels, 'a', { maxQueued: 3, overflow: 'wait' });
      const witness = channels.subscribe('a', { maxQueued: 1000 });
      await publishAll(channels, 'a', numbers(100));
      await take(witness, 100);
      const taken = await take(slow, 50);
      await publishAll(channels, 'a', numbers(20, 100));
      taken.push(...(await take(slow, 70)));
      assert.deepEqual(dataOf(taken), numbers(120));
      assert.ok(taken.every(({ gap }) => gap === undefined));
    }),
  );

  it(
    'tells a subscriber that waits of a gap when it has fallen behind what the channel keeps',
    using({ maxMessages: 100 }, async (channels) => {
      const slow = await subscribed(channels, 'a', { maxQueued: 3, overflow: 'wait' });
      const witness = channels.subscribe('a', { maxQueued: 1000 });
      await publishAll(channels, 'a', numbers(400));
      await take(witness, 400);
      const taken = await take(slow, 4);
      assert.deepEqual(dataOf(taken.slice(0, 3)), [0, 1, 2]);
      assert.deepEqual([taken[3]?.gap, Number(taken[3]?.data) > 3], [true, true]);
      const rest = 399 - Number(taken[3]?.data);
      assert.equal(dataOf(await take(slow, rest)).at(-1), 399);
    }),
  );

  it(
    'ends a subscription that is too slow with an error where it is told to, after what waits',
    using({}, async (channels) => {
      const slow = await subscribed(channels, 'a', { maxQueued: 3, overflow: 'close' });
      const witness = channels.subscribe('a', { maxQueued: 1000 });
      await publishAll(channels, 'a', numbers(5));
      await take(witness, 5);
      assert.deepEqual(dataOf(await take(slow, 3)), [0, 1, 2]);
      await assert.rejects(slow.next(), SubscriptionOverflow);
      assert.equal((await slow.next()).done, true);
    }),
  );

  it(
    'refuses a bound that is none',
    using({}, async (channels) => {
      for (const maxQueued of [0, -1, 1.5, Number.NaN]) {
        assert.throws(() => channels.subscribe('a', { maxQueued }), RangeError);
      }
    }),
  );

  it(
    'ends a subscription by its signal, after what waits',
    using({}, async (channels) => {
      const leaving = new AbortController();
      const messages = await subscribed(channels, 'a', { signal: leaving.signal });
      const witness = channels.subscribe('a', { maxQueued: 1000 });
      await channels.publish('a', 1);
      await take(witness, 1);
      leaving.abort();
      await channels.publish('a', 2);
      assert.deepEqual(dataOf(await take(messages, 5)), [1]);
      const aborted = channels.subscribe('a', { signal: AbortSignal.abort() });
      assert.equal((await aborted.next()).done, true);
    }),
  );

  it(
    'ends every subscription when it is closed',
    using({}, async (channels) => {
      const pending = channels.subscribe('a').next();
      await channels.close();
      assert.equal((await pending).done, true);
    }),
  );

  it(
    'lists who has joined, in that order, until they leave',
    using({}, async (channels) => {
      assert.deepEqual(await channels.members('a'), []);
      const ada = await channels.join('a', { name: 'Ada' });
      const ben = await channels.join('a', { name: 'Ben' });
      const also = await channels.join('a', { name: 'Ben' });
      await channels.join('b', 'elsewhere');
      assert.deepEqual(
        (await channels.members('a')).map(({ data }) => data),
        [{ name: 'Ada' }, { name: 'Ben' }, { name: 'Ben' }],
      );
      assert.deepEqual(
        (await channels.members('a')).map(({ id }) => id),
        [ada.id, ben.id, also.id],
      );
      await Promise.all([ada.leave(), ada.leave()]);
      await also.leave();
      assert.deepEqual(await channels.members('a'), [{ id: ben.id, data: { name: 'Ben' } }]);
      await ben.leave();
      assert.deepEqual(await channels.members('a'), []);
    }),
  );

  it(
    'says with a message whom it leaves out, to those who come later too',
    using({}, async (channels) => {
      const live = await subscribed(channels, 'a');
      const id = await channels.publish('a', { x: '1\n2' }, { except: ['ada', 'ben'] });
      const bytes = await channels.publish('a', Buffer.from([1]), { except: [] });
      const expected = [
        { id, data: { x: '1\n2' }, except: ['ada', 'ben'] },
        { id: bytes, data: Buffer.from([1]), except: [] },
      ];
      assert.deepEqual(await take(live, 2), expected);
      assert.deepEqual(await take(await subscribed(channels, 'a', { after: '0-0' }), 2), expected);
    }),
  );

  it(
    'keeps fewer messages of a channel where its publisher says so',
    using({}, async (channels) => {
      // More than Redis trims at least at once.
      const count = 600;
      for (const data of numbers(count)) await channels.publish('a', data, { keep: 10 });
      const [first] = await take(await subscribed(channels, 'a', { after: '0-0' }), 1);
      assert.equal(first?.gap, true);
      assert.ok(Number(first?.data) >= 200, String(first?.data));
    }),
  );

  it(
    'forgets what a channel keeps when it is told to, and goes on',
    using({}, async (channels) => {
      const live = await subscribed(channels, 'a');
      const [seen] = await publishAll(channels, 'a', numbers(3));
      assert.deepEqual(dataOf(await take(live, 3)), [0, 1, 2]);
      await channels.forget('a');
      await channels.forget('never used');
      await channels.publish('a', 3);
      assert.deepEqual(
        (await take(live, 1)).map(({ data, gap }) => [data, gap]),
        [[3, undefined]],
      );
      const [all] = await take(channels.subscribe('a', { after: '0-0' }), 1);
      assert.deepEqual([all?.data, all?.gap], [3, undefined]);
      const [later] = await take(channels.subscribe('a', { after: seen }), 1);
      assert.deepEqual([later?.data, later?.gap], [3, true]);
    }),
  );

  it(
    'has outboxes, which go from one who has it to the next, and lose nothing of what the former still sends',
    using({}, async (channels) => {
      const former = channels.outbox('mine');
      await former.publish(0);
      const before = former.subscribe({ after: '0-0' });
      assert.deepEqual(dataOf(await take(before, 1)), [0]);
      const next = channels.outbox('mine');
      await next.take('taken');
      const now = next.subscribe({ after: '0-0' });
      await former.publish(1);
      await next.publish(2);
      assert.deepEqual(dataOf(await take(before, 2)), ['taken', 1]);
      assert.deepEqual(dataOf(await take(now, 4)), [0, 'taken', 1, 2]);
      for (const reader of [before, now]) await reader.return?.();
      await next.forget();
      await next.publish(3);
      assert.deepEqual(dataOf(await take(next.subscribe({ after: '0-0' }), 1)), [3]);
    }),
  );

  it(
    'is ready once it is open',
    using({}, async (channels) => {
      await until(() => channels.state === 'ready');
      assert.equal(channels.state, 'ready');
    }),
  );
}
