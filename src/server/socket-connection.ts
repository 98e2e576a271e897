import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';

import { checkClose } from '../context/check-close.js';
import { abortContext } from '../context/http-context.js';
import type { WebSocketContext } from '../context/web-socket-context.js';
import { type ChannelTarget, CloseEvent, type WebSocketConnection } from '../context/web-socket-connection.js';
import { writeSocketLine } from './access-line.js';
import { startDeadlineTimer } from './deadline-timer.js';
import type { WebSocketEndpoint } from './endpoint.js';
import type { Exchange } from './exchange.js';
import type { Beating } from './heartbeats.js';
import type { EndReason, LiveConnection } from './live-connections.js';
import { type Frame, MessageDispatcher } from './message-dispatcher.js';
import type { Service } from './service.js';
import { ChannelMemberships } from './channel-memberships.js';

class ConnectionClosed extends Error {
  override readonly name = 'AbortError';
}

/** A WebSocket connection, as `context.ws` and as the server keeps it: its messages in order, its heartbeat, its end. */
export class SocketConnection extends EventEmitter implements WebSocketConnection, LiveConnection, Beating {
  closed = false;
  /** The code it was closed with, for the access line. */
  closeCode: number | undefined;
  /** A handler has closed it: what the client has sent is not for handlers any more. */
  dismissed = false;
  readonly #service: Service;
  readonly #endpoint: WebSocketEndpoint;
  readonly #memberships: ChannelMemberships;
  #socket: WebSocket | undefined;
  #context: WebSocketContext | undefined;
  #dispatcher: MessageDispatcher | undefined;
  #deadlineTimer: NodeJS.Timeout | undefined;
  #awaitsPong = false;
  #beats = 0;
  #ending = false;
  /** Resolves when the connection and its `close` handler have ended. */
  #finished: Promise<void> = Promise.resolve();

  constructor(service: Service, endpoint: WebSocketEndpoint) {
    super();
    this.#service = service;
    this.#endpoint = endpoint;
    this.#memberships = new ChannelMemberships(service.channels, {
      deliver: (data) => this.#deliver(data),
      onFailure: (error) => this.#onChannelFailure(error),
    });
  }

  /** Called once, after 101. */
  start(socket: WebSocket, context: WebSocketContext, exchange: Exchange): void {
    this.#socket = socket;
    this.#context = context;
    const dispatcher = new MessageDispatcher(this.#service, this.#endpoint, this, context, exchange.scope);
    this.#dispatcher = dispatcher;
    this.#service.live.add(this);
    this.#service.heartbeats.add(this, this.#endpoint.heartbeatMs);
    // Frames that come before `open` has ended wait in the dispatcher: none is lost.
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on('pong', () => {
      this.#awaitsPong = false;
    });
    socket.on('error', (error) => dispatcher.onError(error));
    this.#finished = new Promise((resolve) => {
      socket.once('close', (code, reason) => void this.#onClose(code, reason.toString(), exchange).finally(resolve));
    });
    this.#deadlineTimer = startDeadlineTimer(context, () => void this.endPolitely('deadline'));
    void dispatcher.open();
  }

  get requestId(): string {
    return this.#context?.requestId ?? '';
  }

  send(message: unknown): void {
    const socket = this.#required('send');
    if (socket.readyState !== socket.OPEN) return;
    // What waits already counts, not this message: one message may be larger than the limit.
    if (socket.bufferedAmount > this.#service.settings.maxBufferedBytes) {
      this.#context?.log.warn({ buffered: socket.bufferedAmount }, 'a WebSocket was closed: its client does not read');
      socket.close(1013, 'the client does not read');
      return;
    }
    if (typeof message === 'string') socket.send(message);
    else if (message instanceof ArrayBuffer || ArrayBuffer.isView(message)) socket.send(message, { binary: true });
    else socket.send(jsonOf(message));
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

  join(channel: string): Promise<void> {
    if (this.closed) return Promise.resolve();
    return this.#memberships.join(channel);
  }

  leave(channel: string): void {
    this.#memberships.leave(channel);
  }

  to(channel: string): ChannelTarget {
    return {
      send: async (message) => {
        await this.#service.channels.publish(channel, message);
      },
    };
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
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
    this.#beats += 1;
    const socket = this.#socket;
    if (this.#beats % 2 === 1 || socket === undefined || socket.isPaused) return;
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
      this.#service.settings.platform.closeCode,
      reason === 'shutdown' ? 'the server is restarting: reconnect' : 'the time is up: reconnect',
    );
    await this.#finished;
  }

  terminate(): void {
    this.#socket?.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#awaitsPong = false;
    const frame: Frame = { data, isBinary };
    this.#dispatcher?.push(frame);
  }

  /** A channel's message: to a socket that is closing it is nothing. */
  #deliver(data: unknown): void {
    try {
      if (!this.closed) this.send(data);
    } catch (error) {
      // A cycle, a BigInt: the publisher's mistake, and nobody here waits for it.
      this.#context?.log.error({ err: error }, 'a channel’s message could not be sent');
    }
  }

  /** A client that comes back joins again; one that stays would miss messages without a word. */
  #onChannelFailure(error: unknown): void {
    this.#context?.log.error({ err: error }, 'a WebSocket was closed: its channel failed');
    this.#socket?.close(1011, 'a channel failed: reconnect');
  }

  #required(what: string): WebSocket {
    if (this.#socket === undefined) throw new Error(`context.ws.${what}(): the connection is not open yet`);
    return this.#socket;
  }

  async #onClose(code: number, reason: string, exchange: Exchange): Promise<void> {
    this.closed = true;
    this.closeCode = code;
    clearTimeout(this.#deadlineTimer);
    this.#service.heartbeats.remove(this, this.#endpoint.heartbeatMs);
    this.#memberships.leaveAll();
    const context = this.#context;
    if (context !== undefined) abortContext(context, new ConnectionClosed('the connection is closed'));
    exchange.abandon(new ConnectionClosed('the connection is closed'));
    await this.#dispatcher?.close(new CloseEvent(code, reason, code !== 1006));
    this.#service.live.delete(this);
    if (this.#service.settings.accessLog) writeSocketLine(exchange, code);
    try {
      await exchange.release();
    } catch (error) {
      context?.log.error({ err: error }, 'a connection’s resources could not be released');
    }
  }
}

/** JSON text of a message. `undefined` has none and is sent as `null`. */
function jsonOf(message: unknown): string {
  const text: string | undefined = JSON.stringify(message);
  return text ?? 'null';
}
