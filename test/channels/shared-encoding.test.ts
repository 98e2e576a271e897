import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { ChannelMessage } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { encodingsOf, markShared } from '#src/channels/shared-encoding.js';

/** What two or one subscriber of a channel get of one message. */
async function received(subscribers: number, data: unknown): Promise<ChannelMessage[]> {
  const channels = new MemoryChannels();
  const each = Array.from({ length: subscribers }, () => channels.subscribe('c'));
  await channels.publish('c', data);
  const messages = await Promise.all(each.map(async (subscriber) => (await subscriber.next()).value as ChannelMessage));
  await channels.close();
  return messages;
}

describe('the encodings of a shared message', () => {
  it('are kept with the very object that was marked', () => {
    const message = { id: '1-0', data: 1 };
    markShared(message);
    const encodings = encodingsOf(message);
    assert.deepEqual(encodings, {});
    if (encodings !== undefined) encodings.event = 'data: 1\n\n';
    assert.equal(encodingsOf(message)?.event, 'data: 1\n\n');
    assert.equal(encodingsOf({ ...message }), undefined);
  });

  it('are not kept for what nobody marked, as its owner may still change it', () => {
    assert.equal(encodingsOf({}), undefined);
    assert.equal(encodingsOf([]), undefined);
  });

  it('of two messages have nothing in common', () => {
    const [first, second] = [{}, {}];
    markShared(first);
    markShared(second);
    assert.notEqual(encodingsOf(first), encodingsOf(second));
  });

  it('belong to the message and not to the data of the publisher', async () => {
    const data = { count: 1 };
    const [first, second] = await received(2, data);
    assert.ok(first !== undefined && first === second);
    assert.deepEqual(encodingsOf(first), {});
    assert.equal(encodingsOf(data), undefined);
  });

  it('are not set up for a message that only one gets', async () => {
    const [only] = await received(1, 'x');
    assert.ok(only !== undefined);
    assert.equal(encodingsOf(only), undefined);
  });
});
