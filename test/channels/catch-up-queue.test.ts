import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ChannelMessage } from '#src/channels/channels.js';
import { CatchUpQueue, type KeptMessages } from '#src/channels/catch-up-queue.js';

const message = (number: number): ChannelMessage => ({ id: `${number}-0`, data: number });
const numberOf = (id: string) => Number(id.split('-')[0]);

/** A channel whose answers come when the test says so. */
class LateChannel implements KeptMessages {
  readonly messages: ChannelMessage[] = [];
  readonly queues: CatchUpQueue[] = [];
  #asked: (() => void)[] = [];

  publish(): void {
    const next = message(this.messages.length + 1);
    this.messages.push(next);
    for (const queue of this.queues) queue.push(next);
  }

  read(queue: CatchUpQueue, after: string | undefined): void {
    // Read now and answered later: what is published in between is in no page.
    const end = this.messages.at(-1)?.id ?? '0-0';
    const from = after === undefined ? this.messages.length : numberOf(after);
    const page = this.messages.slice(from, from + queue.pageSize);
    const complete = page.length < queue.pageSize;
    this.#asked.push(() => queue.supply({ messages: page, complete, ...(after === undefined ? { cursor: end } : {}) }));
  }

  answer(): boolean {
    const [answer, ...rest] = this.#asked;
    this.#asked = rest;
    answer?.();
    return answer !== undefined;
  }
}

describe('CatchUpQueue', () => {
  it('gives each message once and in order, however answers, publishers and the reader overtake one another', async () => {
    const steps = fc.array(fc.constantFrom('publish', 'answer', 'read'), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.nat(20),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (all, kept, bound, replays) => {
          const channel = new LateChannel();
          for (let count = 0; count < kept; count += 1) channel.publish();
          const seen = replays ? Math.floor(kept / 2) : kept;
          const queue = new CatchUpQueue(channel, replays ? `${seen}-0` : undefined, bound, 'wait', () => undefined);
          channel.queues.push(queue);
          queue.begin();
          const got: ChannelMessage[] = [];
          const take = () => void queue.next().then(({ value, done }) => done !== true && got.push(value));
          for (const step of all) {
            if (step === 'publish') channel.publish();
            else if (step === 'answer') channel.answer();
            else take();
            await Promise.resolve();
          }
          const expected = channel.messages.length - seen;
          for (let rounds = 0; rounds < 1000 && got.length < expected; rounds += 1) {
            take();
            while (channel.answer());
            await Promise.resolve();
          }
          assert.deepEqual(
            got.map(({ id }) => numberOf(id)),
            Array.from({ length: expected }, (_, index) => seen + 1 + index),
          );
          assert.ok(got.every(({ gap }) => gap === undefined));
          assert.ok(queue.waiting <= bound);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('says that it has started with the first answer, or when it ends without one', async () => {
    const channel = new LateChannel();
    const queue = new CatchUpQueue(channel, undefined, 10, 'drop-oldest', () => undefined);
    queue.begin();
    channel.answer();
    await queue.started;
    const ended = new CatchUpQueue(channel, undefined, 10, 'drop-oldest', () => undefined);
    ended.begin();
    ended.end();
    await ended.started;
  });

  it('tells of a gap where what was published meanwhile is not kept any more', async () => {
    const channel: KeptMessages = { read: (queue) => queue.supply({ messages: [], complete: true }) };
    const queue = new CatchUpQueue(channel, '1-0', 10, 'drop-oldest', () => undefined);
    queue.push(message(2));
    queue.begin();
    const { value } = await queue.next();
    assert.deepEqual(value, { id: '2-0', data: undefined, gap: true });
  });
});
