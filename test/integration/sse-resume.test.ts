import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EventSource } from 'eventsource';
import { Channels } from '#src/channels/channels.js';
import { streamEvents } from '#src/client/stream-events.js';
import { SseContext } from '#src/context/sse-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Sse } from '#src/decorators/sse.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { SharedChannels } from './resume-stage.js';

@Controller()
class Feeds {
  constructor(private readonly channels: Channels) {}
  @Sse('/feed', { retryMs: 10 })
  feed(_event: unknown, { lastEventId, signal }: SseContext) {
    return this.channels.subscribe('feed', { after: lastEventId, signal });
  }
  @Sse('/ask', { method: 'POST' })
  async *ask({ from }: { from: number }, { lastEventId }: SseContext) {
    for (let id = Number(lastEventId ?? from) + 1; id <= 6; id += 1) {
      yield { id: String(id), data: { id } };
      if (id % 2 === 0) throw new Error('cut');
    }
  }
}

describe('an event stream of a channel', () => {
  const channels = new SharedChannels();
  let served: Served[];
  /** Which instance answers next: as a balancer would decide. */
  let at = 0;
  before(async () => {
    served = await Promise.all([1, 2].map(() => serve({ controllers: [Feeds], channels })));
  });
  after(() => Promise.all(served.map((each) => each.close())));
  const through = (input: string | URL | Request, init?: RequestInit) => {
    const { pathname } = new URL(String(input));
    return fetch(`${served[at++ % 2]?.url}${pathname}`, init);
  };

  it('goes on with an EventSource on another instance, nothing lost and nothing twice', async () => {
    const got: number[] = [];
    const responses: Response[] = [];
    let cut: () => void = () => undefined;
    const source = new EventSource('http://balancer/feed', {
      fetch: async (input, init) => {
        const leaving = new AbortController();
        const { signal: _, ...rest } = init as RequestInit;
        const response = await through(input, { ...rest, signal: leaving.signal });
        responses.push(response);
        const body = response.body?.pipeThrough(
          new TransformStream({
            start(controller) {
              // As the network breaks: a request that is aborted would end the EventSource.
              cut = () => {
                controller.error(new TypeError('cut'));
                leaving.abort();
              };
            },
          }),
        );
        return { ...pick(response), body: body ?? null };
      },
    });
    source.addEventListener('message', ({ data }) => void got.push(Number(data)));
    await until(() => responses.length === 1);
    await until(() => channels.subscribers('feed') === 1);
    let cuts = 0;
    for (let n = 0; n < 60; n += 1) {
      await channels.publish('feed', n);
      if (n % 15 !== 7) continue;
      cuts += 1;
      await until(() => responses.length === cuts && got.length > 0);
      cut();
    }
    await until(() => got.length >= 60);
    assert.deepEqual(
      got,
      Array.from({ length: 60 }, (_, n) => n),
    );
    assert.equal(responses.length, 5);
    source.close();
    cut();
    await until(() => channels.subscribers('feed') === 0);
  });

  it('says that there is a gap where what was missed is no longer kept', async () => {
    const small = new SharedChannels({ maxMessages: 2 });
    const one = await serve({ controllers: [Feeds], channels: small });
    const first = await small.publish('feed', 1);
    for (const n of [2, 3, 4]) await small.publish('feed', n);
    for (const lastEventId of [first, '999999999999999-0', 'nonsense', `1${'0'.repeat(10_000)}`]) {
      const leaving = new AbortController();
      const got: unknown[] = [];
      for await (const { event, data } of streamEvents(`${one.url}/feed`, { lastEventId, signal: leaving.signal })) {
        got.push(event === 'message' ? data : event);
        if (got.length === 3) leaving.abort();
      }
      assert.deepEqual(got, ['gap', 3, 4], lastEventId.slice(0, 30));
    }
    await one.close();
  });

  it('goes on when its instance ends in good order, and when its time is up', async () => {
    const shared = new SharedChannels();
    const first = await serve({ controllers: [Feeds], channels: shared, executionTimeoutMs: 200 });
    const second = await serve({ controllers: [Feeds], channels: shared });
    let target = first;
    const leaving = new AbortController();
    const got: unknown[] = [];
    const opened: string[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      opened.push(target === first ? 'first' : 'second');
      return original(String(input).replace('http://balancer', target.url), init);
    };
    try {
      const reading = (async () => {
        for await (const { data } of streamEvents('http://balancer/feed', {
          lastEventId: '0-0',
          signal: leaving.signal,
        })) {
          got.push(data);
        }
      })();
      await shared.publish('feed', 0);
      await until(() => opened.length === 2 && shared.subscribers('feed') === 1);
      await shared.publish('feed', 1);
      await until(() => got.length === 2);
      target = second;
      const closing = first.close();
      await shared.publish('feed', 2);
      await closing;
      await shared.publish('feed', 3);
      await until(() => got.length >= 4);
      assert.deepEqual(got, [0, 1, 2, 3]);
      assert.equal(opened.at(-1), 'second');
      leaving.abort();
      await reading;
    } finally {
      globalThis.fetch = original;
      await second.close();
    }
  });

  it('of a POST goes on after its last id', async () => {
    const got: unknown[] = [];
    const errors: string[] = [];
    const address = `${served[0]?.url}/ask`;
    const options = { body: { from: 0 }, backoff: { minMs: 1, maxMs: 5 } };
    for await (const { event, data } of streamEvents<{ id: number }>(address, options)) {
      if (event === 'error') errors.push(event);
      else got.push(data.id);
    }
    assert.deepEqual(got, [1, 2, 3, 4, 5, 6]);
    assert.equal(errors.length, 3);
  });
});

function pick({ url, status, redirected, headers }: Response) {
  return { url, status, redirected, headers };
}
