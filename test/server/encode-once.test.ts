import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Channels } from '#src/channels/channels.js';
import { Controller } from '#src/decorators/controller.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { SseContext } from '#src/context/sse-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { SseClient } from '../integration/sse-client.js';
import { Client } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';

let encodings = 0;
let channels: Channels;

/** Counts how often it is made into JSON. */
class Counted {
  constructor(readonly text: string) {}
  toJSON() {
    encodings += 1;
    return { text: this.text };
  }
}

@Controller()
class Crowd {
  constructor(given: Channels) {
    channels = given;
  }
  @Sse('/events')
  events(_event: unknown, { signal }: SseContext) {
    return channels.subscribe('all', { signal });
  }
  @WebSocket('/socket', { on: 'open' })
  async open(_event: unknown, { ws }: WebSocketContext) {
    await ws.join('all');
    ws.send('joined');
  }
  @WebSocket('/compressed', { on: 'open', compress: true })
  async compressed(_event: unknown, { ws }: WebSocketContext) {
    await ws.join('all');
    ws.send('joined');
  }
}

describe('a channel’s message', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Crowd], sseOpenMs: 1 });
  });
  after(() => served.close());

  const socket = async (path: string) => {
    const client = await Client.open(`${served.url}${path}`);
    assert.equal(await client.frame(), 'joined');
    return client;
  };

  it('is encoded once for all WebSockets and once for all event streams', async () => {
    const sockets = await Promise.all([socket('/socket'), socket('/socket'), socket('/socket')]);
    const streams = await Promise.all([1, 2, 3].map(() => SseClient.open(`${served.url}/events`)));
    encodings = 0;
    await channels.publish('all', new Counted('hello'));
    for (const client of sockets) assert.deepEqual(await client.json(), { text: 'hello' });
    for (const client of streams) await client.has('data: {"text":"hello"}\n\n');
    assert.equal(encodings, 2);
    for (const client of streams) client.leave();
    for (const client of sockets) await client.close();
  });

  it('goes out in one write with those that come at once, and each place is kept', async () => {
    const client = await socket('/socket');
    const sizes: number[] = [];
    const { _writev: write } = Socket.prototype;
    Socket.prototype._writev = function (this: Socket, chunks, done) {
      sizes.push(chunks.length);
      write?.call(this, chunks, done);
    };
    try {
      for (let count = 0; count < 20; count += 1) void channels.publish('all', { count });
      for (let count = 0; count < 20; count += 1) assert.deepEqual(await client.json(), { count });
      assert.deepEqual(sizes, [20]);
    } finally {
      if (write !== undefined) Socket.prototype._writev = write;
    }
    await client.close();
  });

  it('does not count as unread by the client what is only held back for those that come at once', async () => {
    const one = await socket('/socket');
    // More than may wait for a client that does not read; first of one socket, then of two, where it is encoded once.
    const texts = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(16_384)}`);
    for (const text of texts) void channels.publish('all', text);
    for (const text of texts) assert.equal(await one.frame(), text);
    const other = await socket('/socket');
    for (const text of texts) void channels.publish('all', text);
    for (const client of [one, other]) for (const text of texts) assert.equal(await client.frame(), text);
    await Promise.all([one.close(), other.close()]);
  });

  it('keeps its place among what each socket is sent, long or short, as text or as bytes', async () => {
    const sockets = await Promise.all([socket('/socket'), socket('/socket'), socket('/compressed')]);
    const long = 'x'.repeat(100_000);
    const messages = ['short', long, { a: 1 }, Buffer.from('bytes'), '漢字', undefined];
    for (const message of messages) await channels.publish('all', message);
    for (const client of sockets) {
      assert.equal(await client.frame(), 'short');
      assert.equal(await client.frame(), long);
      assert.deepEqual(await client.json(), { a: 1 });
      assert.equal(String(await client.frame()), 'bytes');
      assert.equal(await client.frame(), '漢字');
      assert.equal(await client.frame(), 'null');
    }
    for (const client of sockets) await client.close();
  });

  it('is not taken for one of the same object that was changed since', async () => {
    const [first, second] = await Promise.all([socket('/socket'), socket('/socket')]);
    const message = { count: 1 };
    await channels.publish('all', message);
    assert.deepEqual([await first.json(), await second.json()], [{ count: 1 }, { count: 1 }]);
    message.count = 2;
    await channels.publish('all', message);
    assert.deepEqual([await first.json(), await second.json()], [{ count: 2 }, { count: 2 }]);
    await first.close();
    await second.close();
  });
});
