import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChannelMessage } from '#src/channels/channels.js';
import { MessageQueue } from '#src/channels/message-queue.js';
import { Feed } from '#src/channels/redis/feed.js';
import { encodingsOf } from '#src/channels/shared-encoding.js';

const entry = (number: number, previous: string | undefined) => ({ id: `${number}-0`, data: number, previous });

/** A feed that has read up to `5-0`, and what its two subscribers get. */
function feedAtFive() {
  const feed = new Feed('key');
  const queues = [1, 2].map(() => new MessageQueue(100, () => undefined));
  for (const queue of queues) feed.queues.add(queue);
  feed.begin('5-0');
  const got = async (): Promise<ChannelMessage[]> => {
    const [one = [], two] = await Promise.all(
      queues.map(async (queue) => {
        queue.end();
        const all: ChannelMessage[] = [];
        for await (const message of queue) all.push(message);
        return all;
      }),
    );
    assert.deepEqual(one, two);
    assert.ok(
      one.every((message, index) => message === two?.[index]),
      'one object for both',
    );
    return one;
  };
  return { feed, got };
}

const shown = (messages: readonly ChannelMessage[]) => messages.map(({ data, gap }) => [data, gap]);

describe('Feed', () => {
  it('gives one object to all, whose encoding is shared', async () => {
    const { feed, got } = feedAtFive();
    feed.deliver([entry(6, '5-0'), entry(7, '6-0')]);
    const messages = await got();
    assert.deepEqual(shown(messages), [
      [6, undefined],
      [7, undefined],
    ]);
    assert.ok(messages.every((message) => encodingsOf(message) !== undefined));
    assert.equal(feed.cursor, '7-0');
  });

  it('tells of messages that were trimmed before they were read', async () => {
    const { feed, got } = feedAtFive();
    feed.deliver([entry(9, '8-0'), entry(10, '9-0'), entry(11, undefined)]);
    assert.deepEqual(shown(await got()), [
      [9, true],
      [10, undefined],
      [11, undefined],
    ]);
  });

  it('tells of a gap where what was read last has never been, as far as Redis knows now', async () => {
    const { feed, got } = feedAtFive();
    // A replica that had not heard of 5-0 took over; what it was given since may have lower ids.
    feed.resume('7-0');
    feed.deliver([entry(7, '4-0')]);
    assert.deepEqual(shown(await got()), [[7, true]]);
  });

  it('takes a stream that began anew for a loss only if the connection was lost meanwhile', async () => {
    const standing = feedAtFive();
    standing.feed.deliver([entry(6, '')]);
    assert.deepEqual(shown(await standing.got()), [[6, undefined]]);
    const lost = feedAtFive();
    lost.feed.resume('6-0');
    lost.feed.deliver([entry(6, '')]);
    assert.deepEqual(shown(await lost.got()), [[6, true]]);
  });

  it('goes on without a word after a connection was lost and the stream was not', async () => {
    const { feed, got } = feedAtFive();
    feed.resume('7-0');
    feed.deliver([entry(6, '5-0'), entry(7, '6-0')]);
    assert.deepEqual(shown(await got()), [
      [6, undefined],
      [7, undefined],
    ]);
  });

  it('tells of a gap at once where Redis knows less than before', async () => {
    const { feed, got } = feedAtFive();
    feed.resume('3-0');
    feed.deliver([entry(4, '3-0')]);
    assert.deepEqual(shown(await got()), [
      [undefined, true],
      [4, undefined],
    ]);
  });
});
