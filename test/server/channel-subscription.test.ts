import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ChannelMessage } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { ChannelSubscription } from '#src/server/channel-subscription.js';
import { until } from '../until.js';

/** A sink that takes so many messages and then wants to be waited for. */
class Sink {
  readonly taken: unknown[] = [];
  readonly failures: unknown[] = [];
  corked = false;
  room: number;
  #drain: (() => void) | undefined;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room;
  }

  take({ data }: ChannelMessage): boolean {
    this.taken.push(data);
    return --this.room > 0;
  }

  setCorked(corked: boolean): void {
    this.corked = corked;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => (this.#drain = resolve));
  }

  drain(room: number): void {
    this.room = room;
    this.#drain?.();
  }

  onFailure(error: unknown): void {
    this.failures.push(error);
  }
}

/** Channels of somebody's own making: their subscriptions are generators. */
class Generated extends MemoryChannels {
  override subscribe(...args: Parameters<MemoryChannels['subscribe']>): AsyncIterableIterator<ChannelMessage> {
    const messages = super.subscribe(...args);
    return (async function* () {
      for await (const message of messages) {
        if (message.data === 'fail') throw new Error('broken');
        yield message;
      }
    })();
  }
}

for (const Made of [MemoryChannels, Generated]) {
  describe(`ChannelSubscription of ${Made.name}`, () => {
    it('gives everything from where it begins, and nothing before it is told to', async () => {
      const channels = new Made();
      const first = await channels.publish('a', 1);
      await channels.publish('a', 2);
      const sink = new Sink();
      const subscription = await ChannelSubscription.open(channels, 'a', first, sink);
      await turn();
      assert.deepEqual(sink.taken, []);
      subscription.deliver();
      await channels.publish('a', 3);
      await until(() => sink.taken.length === 2);
      assert.deepEqual(sink.taken, [2, 3]);
      subscription.leave();
      await channels.publish('a', 4);
      await turn();
      assert.deepEqual(sink.taken, [2, 3]);
      assert.equal(channels.subscribers('a'), 0);
    });

    it('waits for a sink that is behind, and loses nothing meanwhile', async () => {
      const channels = new Made();
      const sink = new Sink(2);
      const subscription = await ChannelSubscription.open(channels, 'a', '0-0', sink);
      subscription.deliver();
      for (let data = 0; data < 1000; data += 1) await channels.publish('a', data);
      await until(() => sink.taken.length === 2);
      await turn();
      assert.equal(sink.corked, false, 'what it has taken does not wait with it');
      assert.equal(sink.taken.length, 2);
      sink.drain(Number.POSITIVE_INFINITY);
      await until(() => sink.taken.length === 1000);
      assert.deepEqual(
        sink.taken,
        Array.from({ length: 1000 }, (_, index) => index),
      );
      assert.deepEqual(sink.failures, []);
      subscription.leave();
    });
  });
}

describe('ChannelSubscription', () => {
  it('knows after which message it has begun', async () => {
    const channels = new MemoryChannels();
    const last = await channels.publish('a', 1);
    const subscription = await ChannelSubscription.open(channels, 'a', undefined, new Sink());
    await channels.publish('a', 2);
    assert.equal(subscription.origin, last);
    subscription.leave();
  });

  it('reports what breaks, and nothing once it is left', async () => {
    const channels = new Generated();
    const [sink, left] = [new Sink(), new Sink()];
    const subscription = await ChannelSubscription.open(channels, 'a', '0-0', sink);
    const other = await ChannelSubscription.open(channels, 'a', '0-0', left);
    subscription.deliver();
    other.deliver();
    other.leave();
    await channels.publish('a', 'fail');
    await until(() => sink.failures.length === 1);
    assert.match(String(sink.failures[0]), /broken/);
    assert.deepEqual(left.failures, []);
  });
});
