// Longer than 250 lines because each side it is shown to (handlers, channels, socket, drain) asks for its few lines.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

import type { ChannelMessage } from '../channels/channels.js';
import { encodingsOf } from '../channels/shared-encoding.js';
import { checkClose } from '../context/check-close.js';
import { abortContext, endContext } from '../context/http-context.js';
import type { RequestScope } from '../context/injector.js';
import { beginConnection, type WebSocketContext } from '../context/web-socket-context.js';
import {
  type ChannelTarget,
  CloseEvent,
  type JoinOptions,
  type WebSocketConnection,
} from '../context/web-socket-connection.js';
import type { ObservedNetwork, ObservedSocket } from '../telemetry/observer.js';
import { ChannelMemberships, type Recipient } from './channel-memberships.js';
import { connectionId } from './connection-id.js';
import { createChannelTarget } from './channel-target.js';
import { startDeadlineTimer } from './deadline-timer.js';
import type { WebSocketEndpoint } from './endpoint.js';
import type { Beating } from './heartbeats.js';
import { LazyEmitter } from './lazy-emitter.js';
import type { EndReason, LiveConnection } from './live-connections.js';
import { MessageDispatcher } from './message-dispatcher.js';
import type { Logger } from '../telemetry/log.js';
import { type MessageRate, messageRate } from './message-rate.js';
import type { Service } from './service.js';
import type { OwnedWebSocket, SocketOwner } from './owned-web-socket.js';
import { textFrame } from './text-frame.js';

/** Longer texts are left to ws, which writes them without copying them. */
const MAX_COPIED_CHARACTERS = 16_384;

/** More is not held back to go out together. */
const MAX_CORKED_BYTES = 8192;

class ConnectionClosed extends Error {
  override readonly name = 'AbortError';
}

/** What a connection keeps of its upgrade. */
export interface UpgradeRest {
  /** What was made for this connection alone. */
  readonly scope: RequestScope | undefined;
  /** By `performance.now()`. */
  readonly started: number;
  /** What an observer keeps: see telemetry/observer.ts. */
  readonly trace: unknown;
  readonly traceId: string | undefined;
}

/** A WebSocket connection, as `context.ws` and as the server keeps it: its messages in order, its heartbeat, its end. */
export class SocketConnection
  extends LazyEmitter
  implements WebSocketConnection, LiveConnection, Beating, Recipient, SocketOwner, ObservedSocket
{
  closed = false;
  /** A handler has closed it: what the client has sent is not for handlers any more. */
  dismissed = false;
  messagesIn = 0;
  messagesOut = 0;
  trace: unknown;
  traceId: string | undefined;
  readonly service: Service;
  readonly endpoint: WebSocketEndpoint;
  /** What was made for this connection alone. */
  scope: RequestScope | undefined;
  /** When the upgrade was asked for, by `performance.now()`. */
  started = 0;
  #memberships: ChannelMemberships | undefined;
  #socket: WebSocket | undefined;
  #network: (Duplex & ObservedNetwork) | undefined;
  #context: WebSocketContext | undefined;
  #dispatcher: MessageDispatcher | undefined;
  #deadlineTimer: NodeJS.Timeout | undefined;
  readonly #rate: MessageRate | undefined;
  #awaitsPong = false;
  #oddBeat = false;
  #ending = false;
  #corked = false;
  /** Told when the connection and its `close` handler have ended. */
  #waitingForEnd: (() => void)[] | undefined;

  constructor(service: Service, endpoint: WebSocketEndpoint) {
    super();
    this.service = service;
    this.endpoint = endpoint;
    this.#rate = messageRate(service.settings);
  }

  /** Called once, after 101. */
  start(socket: OwnedWebSocket, wire: Duplex, context: WebSocketContext, upgrade: UpgradeRest): void {
    this.#socket = socket;
    this.#context = context;
    beginConnection(context);
    this.scope = upgrade.scope;
    this.started = upgrade.started;
    this.trace = upgrade.trace;
    this.traceId = upgrade.traceId;
    this.#network = wire as Duplex & ObservedNetwork; // node's own net.Socket (or TLS socket), typed as Duplex
    this.#dispatcher = new MessageDispatcher(this);
    this.service.live.add(this);
    this.service.heartbeats.add(this, this.endpoint.heartbeatMs);
    // Frames that come before `open` has ended wait in the dispatcher: none is lost.
    socket.owner = this;
    if (context.deadline !== Number.POSITIVE_INFINITY) {
      this.#deadlineTimer = startDeadlineTimer(context, () => void this.endPolitely('deadline'));
    }
    this.service.observer?.socketOpened?.(this);
    void this.#dispatcher.open();
  }

  get requestId(): string {
    return this.#context?.requestId ?? '';
  }

  get id(): string {
    return connectionId(this);
  }

  get resumed(): boolean {
    return false;
  }

  get network(): ObservedNetwork | undefined {
    return this.#network;
  }

  /** @throws Error before the connection has started. */
  get context(): WebSocketContext {
    if (this.#context === undefined) throw new Error('the connection is not open yet');
    return this.#context;
  }

  get name(): string {
    return this.endpoint.name;
  }

  get pattern(): string {
    return this.endpoint.path;
  }

  get quiet(): boolean {
    return this.endpoint.quiet;
  }

  get resumes(): number {
    return 0;
  }

  send(message: unknown): void {
    const socket = this.#writable();
    if (socket === undefined) return;
    this.messagesOut += 1;
    if (typeof message === 'string') this.#sendText(socket, message);
    else if (message instanceof ArrayBuffer || ArrayBuffer.isView(message)) socket.send(message, { binary: true });
    else this.#sendText(socket, jsonOf(message));
  }

  close(code = 1000, reason = ''): void {
    checkClose(code, reason);
    this.#required('close').close(code, reason);
    this.dismissed = true;
  }

  ping(): void {
    const socket = this.#required('ping');
    if (socket.readyState === socket.OPEN) socket.ping();
  }

  join(channel: string, { member }: JoinOptions = {}): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.#memberships ??= new ChannelMemberships(this.service.channels, this);
    return this.#memberships.join(channel, member);
  }

  leave(channel: string): void {
    this.#memberships?.leave(channel);
  }

  to(channel: string): ChannelTarget {
    return createChannelTarget(this.service.channels, channel);
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Whether `open` was called, so that `close` is. */
  get begun(): boolean {
    return true;
  }

  /** What is to be done before the `open` handler; resolves to whether there is a connection then. */
  prepare(): Promise<boolean> | undefined {
    return undefined;
  }

  /** What is to be done after the `open` handler. */
  onOpened(): Promise<void> | undefined {
    return undefined;
  }

  /** Whether a message with an id is to be handled; `undefined`: it is, as nothing is ever sent twice. */
  claim(_id: string | number): Promise<boolean> | undefined {
    return undefined;
  }

  /** Sends what is for this connection alone, and for none that goes on where it has ended. */
  sendUnkept(message: object): void {
    this.send(message);
  }

  /** Ends a connection whose `open` handler has failed. */
  refuse(problem: object): void {
    this.send({ error: problem });
    this.close(1011, 'the connection could not be set up');
  }

  /** Waits for what is sent and not yet kept. */
  protected flush(): Promise<void> | undefined {
    return undefined;
  }

  get protocol(): string {
    return this.#socket?.protocol ?? '';
  }

  /** Stops or goes on reading from the network. Once the end has begun, nothing new is read. */
  setPaused(paused: boolean): void {
    const socket = this.#socket;
    if (this.#ending && !paused) return;
    if (socket === undefined || socket.readyState === socket.CLOSED) return;
    if (paused) socket.pause();
    else socket.resume();
  }

  /** Every second beat a ping; a peer that has not answered the last one is gone. */
  beat(): void {
    this.#oddBeat = !this.#oddBeat;
    const socket = this.#socket;
    if (this.#oddBeat || socket === undefined || socket.isPaused) return;
    if (this.#awaitsPong) {
      socket.terminate();
      return;
    }
    this.#awaitsPong = true;
    this.ping();
  }

  /** Lets handlers finish, then closes with a code that the platform counts as success. */
  async endPolitely(reason: EndReason): Promise<void> {
    this.setPaused(true);
    this.#ending = true;
    await this.#dispatcher?.idle();
    // The client's answer to the close frame has to be read.
    this.#socket?.resume();
    this.#socket?.close(
      this.service.settings.platform.closeCode,
      reason === 'shutdown' ? 'the server is restarting: reconnect' : 'the time is up: reconnect',
    );
    if (this.#dispatcher === undefined) return;
    await new Promise<void>((resolve) => (this.#waitingForEnd ??= []).push(resolve));
  }

  terminate(): void {
    this.#socket?.terminate();
  }

  /** A channel's message: to a socket that is closing it is nothing. One that many get is encoded once. */
  deliver(data: unknown, message: ChannelMessage): void {
    if (this.closed || message.except?.includes(this.id) === true) return;
    const shared = this.#wire === undefined || isBytes(data) ? undefined : encodingsOf(message);
    try {
      if (shared === undefined) {
        this.send(data);
        return;
      }
      shared.frame ??= textFrame(typeof data === 'string' ? data : jsonOf(data));
      if (this.#writable() === undefined) return;
      this.messagesOut += 1;
      this.#wire?.write(shared.frame);
    } catch (error) {
      // A cycle, a BigInt: the publisher's mistake, and nobody here waits for it.
      this.#context?.log.error({ err: error }, 'a channel’s message could not be sent');
    }
  }

  /** Messages that come at once go out in one write. */
  setCorked(corked: boolean): void {
    const wire = this.#wire;
    if (wire === undefined || this.#corked === corked) return;
    this.#corked = corked;
    if (corked) wire.cork();
    else wire.uncork();
  }

  /** A client that comes back joins again; one that stays would miss messages without a word. */
  onFailure(error: unknown): void {
    this.#context?.log.error({ err: error }, 'a WebSocket was closed: its channel failed');
    this.#socket?.close(1011, 'a channel failed: reconnect');
  }

  onLeaveFailure(error: unknown): void {
    this.#context?.log.warn({ err: error }, 'a channel could not be told that a member has left');
  }

  onFrame(data: Buffer, isBinary: boolean): void {
    this.#awaitsPong = false;
    if (this.#rate?.take(data.length, performance.now()) === false) {
      this.#refuseRate();
      return;
    }
    this.messagesIn += 1;
    this.#dispatcher?.push(data, isBinary);
  }

  /** Said once: what the client has sent after it is not for handlers any more. */
  #refuseRate(): void {
    if (this.dismissed) return;
    this.#context?.log.warn('a WebSocket was closed: its client sends more than it may');
    this.close(1008, 'more messages or bytes in a second than are allowed');
  }

  onPong(): void {
    this.#awaitsPong = false;
  }

  onError(error: Error): void {
    this.#dispatcher?.onError(error);
  }

  /** The socket, where something can be sent. A client that does not read is cut off. */
  #writable(): WebSocket | undefined {
    const socket = this.#required('send');
    if (socket.readyState !== socket.OPEN) return undefined;
    if (this.#corked && socket.bufferedAmount > MAX_CORKED_BYTES) {
      // Held back here, it would count as what the client does not read.
      this.setCorked(false);
      this.setCorked(true);
    }
    const { bufferedAmount } = socket;
    // What waits already counts, not this message: one message may be larger than the limit.
    if (bufferedAmount <= this.service.settings.maxBufferedBytes) return socket;
    this.#context?.log.warn({ buffered: bufferedAmount }, 'a WebSocket was closed: its client does not read');
    socket.close(1013, 'the client does not read');
    return undefined;
  }

  /** For connections that wrap what they send: a whole text frame as it stands. */
  protected sendText(text: string): void {
    const socket = this.#writable();
    if (socket !== undefined) this.#sendText(socket, text);
  }

  /** The same of a frame that is made already; only where frames are (`hasWire`). */
  protected sendFrame(frame: Buffer): void {
    if (this.#writable() !== undefined) this.#wire?.write(frame);
  }

  protected get hasWire(): boolean {
    return this.#wire !== undefined;
  }

  protected get log(): Logger {
    return this.#context?.log ?? this.service.log;
  }

  /** Nothing of ours is ever fragmented or waits within ws unless it is compressed: a whole frame keeps its place. */
  #sendText(socket: WebSocket, text: string): void {
    if (this.#wire === undefined || text.length > MAX_COPIED_CHARACTERS) socket.send(text);
    else this.#wire.write(textFrame(text));
  }

  /**
   * The network's own socket, for whole frames in one write. `undefined` where messages may be compressed: ws does
   * that later, so a frame written past it would overtake those before.
   */
  get #wire(): Duplex | undefined {
    return this.endpoint.compress ? undefined : this.#network;
  }

  #required(what: string): WebSocket {
    if (this.#socket === undefined) throw new Error(`context.ws.${what}(): the connection is not open yet`);
    return this.#socket;
  }

  async onClose(code: number, reason: string): Promise<void> {
    this.closed = true;
    clearTimeout(this.#deadlineTimer);
    this.service.heartbeats.remove(this, this.endpoint.heartbeatMs);
    this.#memberships?.leaveAll();
    const context = this.#context;
    const closed = new ConnectionClosed('the connection is closed');
    if (context !== undefined) {
      abortContext(context, closed);
      endContext(context);
    }
    await this.#dispatcher?.close(new CloseEvent(code, reason, code !== 1006));
    await this.flush();
    this.service.live.delete(this);
    this.service.observer?.socketClosed?.(this, code);
    try {
      await this.scope?.dispose();
    } catch (error) {
      context?.log.error({ err: error }, 'a connection’s resources could not be released');
    }
    this.#dispatcher = undefined;
    for (const resolve of this.#waitingForEnd ?? []) resolve();
  }
}

function isBytes(data: unknown): boolean {
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data);
}

/** JSON text of a message. `undefined` has none and is sent as `null`. */
function jsonOf(message: unknown): string {
  const text: string | undefined = JSON.stringify(message);
  return text ?? 'null';
}
