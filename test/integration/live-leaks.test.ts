import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { Channels } from '#src/channels/channels.js';
import { Controller } from '#src/decorators/controller.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { SseContext } from '#src/context/sse-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { SseClient } from './sse-client.js';
import { Client, RawSocket, upgradeBytes } from './web-socket-client.js';

const CLIENTS = 200;
const AT_ONCE = 20;

@Controller()
class Live {
  constructor(private readonly channels: Channels) {}

  @Sse('/feed')
  feed(_event: unknown, context: SseContext) {
    return this.channels.subscribe('feed', { signal: context.signal, after: '0-0' });
  }
  @Sse('/hand')
  hand(_event: unknown, context: SseContext) {
    context.sse().send('first');
  }
  @WebSocket('/room', { on: 'upgrade' })
  async enter() {
    await Promise.resolve();
  }
  @WebSocket('/room', { on: 'open' })
  async opened(_event: unknown, { ws }: WebSocketContext) {
    await ws.join('room');
    ws.send('first');
  }
  @WebSocket('/room')
  said(message: unknown) {
    return message;
  }
}

/** Timers and sockets of this process, which is client and server in one. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return { timers: counts['Timeout'] ?? 0, sockets: counts['TCPSocketWrap'] ?? 0 };
}

describe('clients that leave', () => {
  let served: Served;
  let channels: MemoryChannels;
  let atRest: Record<string, number>;
  before(async () => {
    channels = new MemoryChannels();
    served = await serve({
      controllers: [Live],
      providers: [[Channels, channels]],
      executionTimeoutMs: 600_000,
      shutdownMs: 1000,
    });
    await channels.publish('feed', 'first');
    await leave(1, openSse('/feed'));
    await leave(1, openSocket);
    await until(() => resources()['sockets'] === 0);
    atRest = resources();
  });
  after(() => served.close());

  const openSse = (path: string) => async () => {
    const client = await SseClient.open(`${served.url}${path}`);
    await client.has('first');
    return () => client.leave();
  };
  const openSocket = async () => {
    const client = await Client.open(`${served.url}/room`);
    await client.frame();
    return () => client.socket.terminate();
  };
  const openHalf = async () => {
    const socket = new RawSocket(served.port, upgradeBytes('/room'));
    return async () => void socket.socket.destroy();
  };

  async function leave(count: number, open: () => Promise<() => unknown>): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE) {
      const leavers = await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, open));
      for (const goAway of leavers) goAway();
    }
  }

  const kinds: [string, () => Promise<() => unknown>][] = [
    ['of an event stream', openSse('/feed')],
    ['of a stream written by hand', (() => openSse('/hand'))()],
    ['of a WebSocket', openSocket],
    ['in the middle of an upgrade', openHalf],
  ];
  for (const [what, open] of kinds) {
    it(`${what} leave nothing behind`, async () => {
      await leave(CLIENTS, open);
      await until(() => served.app.requestsInFlight.length === 0);
      await until(() => resources()['sockets'] === 0);
      assert.deepEqual(resources(), atRest);
      // A new subscriber's channel is gone with it: the room's earlier ones are gone too.
      assert.equal(channels.size, 1);
      const goAway = await openSocket();
      goAway();
    });
  }

  it('leave no subscriber in a channel that lives on', async () => {
    await channels.publish('room', 'for nobody');
    await leave(CLIENTS, openSocket);
    await until(() => served.app.requestsInFlight.length === 0);
    assert.equal(channels.subscribers('room'), 0);
    assert.equal(channels.subscribers('feed'), 0);
  });
});
