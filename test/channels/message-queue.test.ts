import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageQueue } from '#src/channels/message-queue.js';

const message = (id: number) => ({ id: `${id}-0`, data: id });

describe('MessageQueue', () => {
  it('answers every next() that was called before there was a message, in order', async () => {
    const queue = new MessageQueue(10, () => undefined);
    const waiting = [queue.next(), queue.next(), queue.next()];
    queue.push(message(1));
    queue.push(message(2));
    queue.end();
    const steps = await Promise.all(waiting);
    assert.deepEqual(
      steps.map(({ value, done }) => [value?.data, done]),
      [
        [1, false],
        [2, false],
        [undefined, true],
      ],
    );
  });

  it('says once that it has ended, and takes nothing afterwards', async () => {
    let ends = 0;
    const queue = new MessageQueue(10, () => (ends += 1));
    queue.end();
    queue.end();
    await queue.return();
    queue.push(message(1));
    assert.equal(ends, 1);
    assert.equal((await queue.next()).done, true);
  });

  it('ends when a for await loop is left', async () => {
    let ended = false;
    const queue = new MessageQueue(10, () => (ended = true));
    queue.push(message(1));
    queue.push(message(2));
    for await (const { data } of queue) {
      assert.equal(data, 1);
      break;
    }
    assert.equal(ended, true);
    assert.equal((await queue.next()).done, true);
  });
});
