import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
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

  it('tells its listener of several messages at once, and when they are over, also where it pauses within them', async () => {
    const told: unknown[] = [];
    let pauseAt = 0;
    const queue = new MessageQueue(10, () => undefined);
    const listener = {
      onBatch: () => void told.push('batch'),
      onMessage: ({ data }: { data: unknown }) => {
        told.push(data);
        if (data === pauseAt) queue.pause();
      },
      onBatchEnd: () => void told.push('end'),
    };
    queue.listen(listener);
    queue.push(message(1));
    await turn();
    queue.push(message(2));
    queue.push(message(3));
    await turn();
    assert.deepEqual(told.splice(0), [1, 'batch', 2, 3, 'end']);
    pauseAt = 4;
    for (const id of [4, 5, 6]) queue.push(message(id));
    await turn();
    assert.deepEqual(told.splice(0), ['batch', 4, 'end']);
    queue.listen(listener);
    await turn();
    assert.deepEqual(told, ['batch', 5, 6, 'end']);
  });
});
