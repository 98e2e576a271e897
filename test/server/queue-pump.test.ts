import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ChannelMessage } from '#src/channels/channels.js';
import { MessageQueue } from '#src/channels/message-queue.js';
import { QueuePump } from '#src/server/queue-pump.js';

const message = (id: number): ChannelMessage => ({ id: `${id}-0`, data: id });

/** A sink that takes `room` messages and then has to be drained. */
function sink(room: number) {
  const taken: unknown[] = [];
  let drain: (() => void) | undefined;
  const drained = () => new Promise<void>((resolve) => (drain = resolve));
  const send = ({ data, gap }: ChannelMessage) => {
    taken.push(gap === true ? 'gap' : data);
    return --room > 0;
  };
  const refill = (more: number) => {
    room = more;
    drain?.();
  };
  const ends: unknown[] = [];
  const sourceEnded = (error: unknown) => void ends.push(error);
  return { closed: false, taken, ends, send, drained, refill, sourceEnded };
}

describe('QueuePump', () => {
  it('waits while the sink is full, and says what was lost meanwhile', async () => {
    const queue = new MessageQueue(2, () => undefined);
    const into = sink(2);
    new QueuePump(queue, into).begin();
    for (const id of [1, 2]) queue.push(message(id));
    await turn();
    for (const id of [3, 4, 5]) queue.push(message(id));
    await turn();
    assert.deepEqual(into.taken, [1, 2]);
    into.refill(10);
    await turn();
    assert.deepEqual(into.taken, [1, 2, 'gap', 5]);
    queue.push(message(6));
    queue.end();
    await turn();
    assert.deepEqual(into.taken, [1, 2, 'gap', 5, 6]);
    assert.deepEqual(into.ends, [undefined]);
  });

  it('leaves the subscription when it is ended or the sink throws', async () => {
    let left = 0;
    const queue = new MessageQueue(2, () => (left += 1));
    const into = sink(1);
    const pump = new QueuePump(queue, into);
    pump.begin();
    pump.end();
    await turn();
    assert.deepEqual(into.ends, [], 'who leaves need not be told');
    const failing = new MessageQueue(2, () => (left += 1));
    const fault = new TypeError('no event');
    const send = () => {
      throw fault;
    };
    const broken = { ...sink(1), send };
    new QueuePump(failing, broken).begin();
    failing.push(message(1));
    await turn();
    assert.deepEqual(broken.ends, [fault]);
    assert.equal(left, 2);
  });

  it('ends at once where the subscription has ended already', async () => {
    const queue = new MessageQueue(2, () => undefined);
    queue.end();
    const into = sink(1);
    new QueuePump(queue, into).begin();
    await turn();
    assert.deepEqual(into.ends, [undefined]);
  });
});
