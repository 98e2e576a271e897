import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChannelMessage } from '#src/channels/channels.js';
import { MessageQueue } from '#src/channels/message-queue.js';
import { KeptStreams } from '#src/channels/redis/kept-streams.js';
import { OutboxFeed } from '#src/channels/redis/outbox-feed.js';
import { RedisLink } from '#src/channels/redis/redis-link.js';
import { startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';

const entry = (number: number, previous: string) => ({ id: `${number}-0`, data: number, previous });

describe('OutboxFeed', { skip: withoutRedis }, () => {
  it('takes what is published here where it is next, and reads the stream where it is not', async () => {
    await using server = await startRedis();
    const link = new RedisLink({ url: server.url }, 'probe');
    const feed = new OutboxFeed(
      's',
      link,
      new KeptStreams(
        link,
        () => false,
        () => undefined,
      ),
    );
    const queue = new MessageQueue(1000, () => undefined);
    const got: ChannelMessage[] = [];
    queue.listen({ onMessage: (message) => void got.push(message) });
    feed.queues.add(queue);
    const shown = () => got.map(({ data, gap }) => [data, gap]);
    const add = (number: number, previous: string) =>
      server.say('XADD', 's', `${number}-0`, 'd', `${number}`, 'p', previous);
    try {
      // Told of before it is known from where to read: read then.
      await add(1, '');
      feed.accept(entry(1, ''));
      feed.begin('');
      await until(() => got.length === 1);
      // At once: the stream is not asked.
      await add(2, '1-0');
      feed.accept(entry(2, '1-0'));
      assert.equal(feed.cursor, '2-0');
      await add(3, '2-0');
      await add(4, '3-0');
      feed.accept(entry(4, '3-0'));
      await until(() => got.length === 4);
      // What was read already comes to nothing.
      await add(5, '4-0');
      feed.accept(entry(3, '2-0'));
      feed.accept(entry(5, '4-0'));
      await until(() => got.length === 5);
      // More than is read at once.
      for (let number = 6; number <= 305; number += 1) await add(number, `${number - 1}-0`);
      feed.readOn();
      await until(() => got.length === 305);
      assert.deepEqual(
        shown(),
        Array.from({ length: 305 }, (_, index) => [index + 1, undefined]),
      );
      // One that is missing is told of, and so is a stream that knows less than it did.
      await server.say('XADD', 's', '307-0', 'd', '307', 'p', '306-0');
      feed.readOn();
      await until(() => got.length === 306);
      assert.deepEqual(shown().at(-1), [307, true]);
      await server.say('DEL', 's');
      feed.readOn();
      await until(() => got.length === 307);
      assert.deepEqual(shown().at(-1), [undefined, true]);
    } finally {
      await link.close();
    }
  });
});
