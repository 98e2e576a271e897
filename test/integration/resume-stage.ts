import assert from 'node:assert/strict';
import { WebSocket as Ws } from 'ws';
import type { Channels } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { MemoryStore } from '#src/channels/memory-store.js';
import type { Store } from '#src/channels/store.js';
import { connect } from '#src/client/connect.js';
import type { ConnectOptions, Connection } from '#src/client/connection.js';
import type { UpgradeContext } from '#src/context/upgrade-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

/** What handlers have done, and what they wait for. */
export const done = {
  opens: [] as string[],
  handled: [] as unknown[],
  gate: Promise.resolve() as Promise<unknown>,
  /** What `open` waits for before it joins. */
  opening: Promise.resolve() as Promise<unknown>,
};

@Controller()
class Chat {
  @WebSocket('/chat/:room', { on: 'open', resume: { identity: ({ query }: UpgradeContext) => query['user'] } })
  async open(_event: unknown, { ws, params }: WebSocketContext) {
    done.opens.push(ws.resumed ? 'again' : 'new');
    await done.opening;
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
    done.handled.push(message.n);
    await done.gate;
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
  @WebSocket('/chat/:room', { type: 'ready' })
  ready() {
    return true;
  }
  @WebSocket('/chat/:room', { type: 'fail' })
  fail() {
    throw new Error('secret');
  }
}

/** Shared by instances that end at different times, as a server of its own would be. */
export class SharedChannels extends MemoryChannels {
  override async close(): Promise<void> {
    // the others go on
  }
}
export class SharedStore extends MemoryStore {
  override async close(): Promise<void> {
    // the others go on
  }
}

/** What an application is given. */
interface Shared {
  readonly channels: Channels;
  readonly store: Store;
}

/** Instances that share what is shared, and clients that can be sent from one to the other. */
export class Stage<Own extends Channels = SharedChannels> {
  readonly channels: Own;
  readonly store: Store;
  readonly served: Served[] = [];
  readonly #share: () => Shared;
  readonly #clients: Client[] = [];
  #at = 0;

  /** @param share gives each instance its own way to what is shared; default: the very objects. */
  constructor(channels: Own, store: Store = new SharedStore(), share?: () => Shared) {
    this.channels = channels;
    this.store = store;
    this.#share = share ?? (() => ({ channels, store }));
  }

  async start(options: Partial<Parameters<typeof serve>[0]> = {}): Promise<Served> {
    const served = await serve({ controllers: [Chat], ...this.#share(), resumeMs: 5000, ...options });
    this.served.push(served);
    return served;
  }

  /** From now on clients connect to this instance. */
  goTo(index: number): void {
    this.#at = index;
  }

  client(path = '/chat/tea', options: ConnectOptions = {}): Client {
    const client = new Client(() => `${this.served[this.#at]?.url.replace('http', 'ws')}${path}`, options);
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const { connection } of this.#clients) connection.close();
    for (const served of this.served) await served.close();
    await this.channels.close();
    await this.store.close();
  }
}

/** A client that keeps all it is told, over a WebSocket that can be cut. */
export class Client {
  readonly connection: Connection<Record<string, unknown>>;
  readonly messages: unknown[] = [];
  readonly told: string[] = [];
  /** The id of its session. */
  secret = '';
  /** Clients connect when this has resolved. */
  mayConnect: Promise<unknown> = Promise.resolve();
  readonly #sockets: Ws[] = [];

  constructor(url: () => string, options: ConnectOptions = {}) {
    const onSocket = (socket: Ws) => {
      this.#sockets.push(socket);
      socket.once('message', (data: Buffer) => (this.secret = (JSON.parse(data.toString()) as { s: string }).s));
    };
    class Recorded extends Ws {
      constructor(address: string, protocols?: string[]) {
        super(address, protocols);
        onSocket(this);
      }
    }
    const address = async () => {
      await this.mayConnect;
      return url();
    };
    this.connection = connect<Record<string, unknown>>(address, {
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
    const socket = this.#sockets.at(-1);
    assert.ok(socket !== undefined);
    return socket;
  }

  cut(): void {
    this.socket.terminate();
  }

  /** Resolves when it is connected: `open` may still be at work. */
  opened(): Promise<void> {
    return until(() => this.connection.state === 'open');
  }

  /** Resolves when `open` has ended. */
  async ready(): Promise<void> {
    await this.connection.request({ type: 'ready' });
  }

  tells(what: string): Promise<void> {
    return until(() => this.told.includes(what));
  }
}
