import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type ChannelMessage, Channels, type Outbox, type SubscribeOptions } from '#src/channels/channels.js';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { RedisStore } from '#src/channels/redis/redis-store.js';
import { SseContext } from '#src/context/sse-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { Client } from './resume-stage.js';
import { SseClient } from './sse-client.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What was made for a connection, by what it is. */
const made: (readonly [what: string, WeakRef<object>])[] = [];

function watch(what: string, object: object): void {
  made.push([what, new WeakRef(object)]);
}

/** What something still leads to, each kind once. */
function left(): string[] {
  collect();
  return [...new Set(made.filter(([, ref]) => ref.deref() !== undefined).map(([what]) => what))];
}

/** Every subscription is watched, those of sessions too. */
class Watched extends RedisChannels {
  override subscribe(channel: string, options?: SubscribeOptions): AsyncIterableIterator<ChannelMessage> {
    const messages = super.subscribe(channel, options);
    watch('a subscription', messages);
    return messages;
  }
  override outbox(name: string): Outbox {
    const outbox = super.outbox(name);
    watch('an outbox', outbox);
    const subscribe = outbox.subscribe.bind(outbox);
    outbox.subscribe = (options) => {
      const messages = subscribe(options);
      watch('a subscription of a session', messages);
      return messages;
    };
    return outbox;
  }
}

@Controller()
class Live {
  constructor(private readonly channels: Channels) {}

  @Sse('/feed')
  feed(_event: unknown, context: SseContext) {
    const { lastEventId = '0-0', signal } = context;
    watch('a context of an event stream', context);
    watch('its signal', signal);
    return this.channels.subscribe('feed', { after: lastEventId, signal, overflow: 'wait' });
  }
  @WebSocket('/room', { on: 'open', resume: true })
  async opened(_event: unknown, context: WebSocketContext) {
    const { ws } = context;
    watch('a context of a WebSocket', context);
    watch('a connection', ws);
    if (!ws.resumed) await ws.join('feed');
  }
  @WebSocket('/room', { type: 'ask' })
  asked({ n }: { n: number }) {
    return { n };
  }
}

describe('what is made for a connection', { skip: withoutRedis }, () => {
  let redis: RedisServer;
  let served: Served;
  let channels: RedisChannels;
  before(async () => {
    redis = await startRedis();
    channels = new Watched({ url: redis.url });
    served = await serve({
      controllers: [Live],
      channels,
      store: new RedisStore({ url: redis.url }),
      resumeMs: 60_000,
    });
    await channels.publish('feed', { n: 0 });
  });
  after(async () => {
    await served.close();
    await redis[Symbol.asyncDispose]();
  });

  /** Follows the feed in both ways, is cut off and goes on, and leaves. */
  async function comeAndGo(): Promise<void> {
    const client = new Client(() => `${served.url.replace('http', 'ws')}/room`, {});
    await client.connection.request({ type: 'ask', n: 1 });
    const stream = await SseClient.open(`${served.url}/feed`);
    await channels.publish('feed', { n: 2 });
    await until(() => client.messages.length > 0);
    await stream.has('"n":2');
    client.cut();
    await client.tells('resumed');
    await client.connection.request({ type: 'ask', n: 3 });
    client.connection.close();
    stream.leave();
  }

  it('is gone when it has ended, however often it was cut and came back', async () => {
    const stream = await SseClient.open(`${served.url}/feed`);
    assert.deepEqual(left(), ['a context of an event stream', 'its signal', 'a subscription']);
    stream.leave();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 10 }, comeAndGo));
      await until(() => served.app.requestsInFlight.length === 0);
    }
    await until(() => channels.size === 0);
    // Each with its feed, its session's outbox and its event stream; and again after the cut.
    assert.ok(made.length >= 30 * 9, String(made.length));
    await until(() => left().length === 0);
  });
});
