import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { MemoryStore } from '#src/channels/memory-store.js';
import { connect } from '#src/client/connect.js';
import type { ConnectOptions, Connection } from '#src/client/connection.js';
import type { UpgradeContext } from '#src/context/upgrade-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

const opens: string[] = [];
const handled: unknown[] = [];
let gate: Promise<unknown> = Promise.resolve();

@Controller()
class Chat {
  @WebSocket('/chat/:room', { on: 'open', resume: { identity: ({ query }: UpgradeContext) => query['user'] } })
  async open(_event: unknown, { ws, params }: WebSocketContext) {
    opens.push(ws.resumed ? 'again' : 'new');
    if (!ws.resumed) await ws.join(`room:${params['room']}`, { member: { room: params['room'] } });
  }
  @WebSocket('/chat/:room', { type: 'say' })
  async say({ text }: { text: string }, { ws, params }: WebSocketContext) {
    await ws.to(`room:${params['room']}`).send({ said: text });
    return { heard: text };
  }
  @WebSocket('/chat/:room', { type: 'others' })
  async others({ text }: { text: string }, { ws, params }: WebSocketContext) {
    await ws.to(`room:${params['room']}`).except(ws).send({ said: text });
  }
  @WebSocket('/chat/:room', { type: 'slow' })
  async slow(message: { n: number }, { ws }: WebSocketContext) {
    handled.push(message.n);
    await gate;
    ws.send({ aside: message.n });
    return { n: message.n };
  }
  @WebSocket('/chat/:room', { type: 'send' })
  send({ messages }: { messages: unknown[] }, { ws }: WebSocketContext) {
    for (const message of messages) ws.send(message);
    ws.send(Buffer.from([1, 2, 255]));
    ws.send(new Uint8Array([7]).buffer);
  }
  @WebSocket('/chat/:room', { type: 'leave' })
  leave(_message: unknown, { ws, params }: WebSocketContext) {
    ws.leave(`room:${params['room']}`);
  }
  @WebSocket('/chat/:room', { type: 'fail' })
  fail() {
    throw new Error('secret');
  }
}

/** Two instances that share what is shared, and a client that can be sent from one to the other. */
class Stage {
  readonly channels = new MemoryChannels();
  readonly store = new MemoryStore();
  readonly served: Served[] = [];
  #at = 0;

  async start(options: Partial<Parameters<typeof serve>[0]> = {}): Promise<Served> {
    const { channels, store } = this;
    const served = await serve({ controllers: [Chat], channels, store, resumeMs: 5000, ...options });
    this.served.push(served);
    return served;
  }

  /** From now on clients connect to this instance. */
  goTo(index: number): void {
    this.#at = index;
  }

  client(path = '/chat/tea', options: ConnectOptions = {}): Client {
    return new Client(() => `${this.served[this.#at]?.url.replace('http', 'ws')}${path}`, options);
  }

  async close(): Promise<void> {
    for (const served of this.served) await served.close();
  }
}

/** A client that keeps all it is told, over a WebSocket that can be cut. */
class Client {
  readonly connection: Connection<Record<string, unknown>>;
  readonly messages: unknown[] = [];
  readonly told: string[] = [];
  sockets: Ws[] = [];

  constructor(url: () => string, options: ConnectOptions) {
    const { sockets } = this;
    class Recorded extends Ws {
      constructor(address: string, protocols?: string[]) {
        super(address, protocols);
        sockets.push(this);
      }
    }
    this.connection = connect<Record<string, unknown>>(url, {
      resume: true,
      backoff: { minMs: 2, maxMs: 20 },
      WebSocket: Recorded,
      ...options,
    });
    this.connection.on('message', (message) => this.messages.push(message));
    this.connection.on('open', ({ resumed }) => this.told.push(resumed ? 'resumed' : 'open'));
    this.connection.on('close', ({ code, final }) => this.told.push(`${final ? 'closed' : 'cut'} ${code}`));
    this.connection.on('gap', ({ channel }) => this.told.push(`gap ${channel}`));
    this.connection.on('session-lost', () => this.told.push('session-lost'));
  }

  get socket(): Ws {
    const socket = this.sockets.at(-1);
    assert.ok(socket !== undefined);
    return socket;
  }

  cut(): void {
    this.socket.terminate();
  }

  opened(): Promise<void> {
    return until(() => this.connection.state === 'open');
  }

  tells(what: string): Promise<void> {
    return until(() => this.told.includes(what));
  }
}

describe('a resumable WebSocket', () => {
  let stage: Stage;
  before(async () => {
    stage = new Stage();
    await stage.start();
    await stage.start();
  });
  after(() => stage.close());

  it('goes on on another instance with what it has missed, in order and once', async () => {
    stage.goTo(0);
    const client = stage.client();
    const other = stage.client();
    await client.opened();
    await other.opened();
    await client.connection.request({ type: 'say', text: 'one' });
    await until(() => client.messages.length === 1);
    stage.goTo(1);
    client.cut();
    await client.tells('cut 1006');
    await other.connection.request({ type: 'say', text: 'two' });
    await other.connection.request({ type: 'say', text: 'three' });
    await client.tells('resumed');
    await other.connection.request({ type: 'say', text: 'four' });
    await until(() => client.messages.length >= 4);
    const said = ['one', 'two', 'three', 'four'].map((text) => ({ said: text }));
    assert.deepEqual(client.messages, said);
    assert.deepEqual(other.messages, said);
    assert.deepEqual(client.told, ['open', 'cut 1006', 'resumed']);
    client.connection.close();
    other.connection.close();
    await until(() => stage.served.every(({ app }) => app.requestsInFlight.length === 0));
  });
});
