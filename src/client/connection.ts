import type { Backoff } from './retry-delay.js';

/** `waiting`: cut off, and about to connect again. `closed`: for good. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed';

/** Where a message of a resumed connection came from. */
export interface MessageOrigin {
  /** The channel that it was sent to; `undefined` where it was sent to this client alone. */
  readonly channel?: string | undefined;
  /** Its id within the channel. */
  readonly id?: string | undefined;
}

/** What a connection tells of, and what its listeners are given. */
export interface ConnectionEvents<Incoming = unknown> {
  /** A message that is no answer to a `request`: the value of what is JSON, else text or an `ArrayBuffer`. */
  message: [message: Incoming, origin: MessageOrigin];
  /** Connected, for the first time or again. `resumed`: as if it had never been cut off. */
  open: [{ readonly resumed: boolean }];
  /** A connection, or an attempt to make one, has ended. `final`: no other follows. */
  close: [{ readonly code: number; readonly reason: string; readonly final: boolean }];
  /** Messages are lost, of a channel or of those to this client alone: what is shown must be fetched afresh. */
  gap: [{ readonly channel: string | undefined }];
  /** The server no longer knows the session: this is a new one, and what was sent meanwhile is lost. */
  'session-lost': [];
  state: [ConnectionState];
}

export interface ConnectOptions {
  /** Subprotocols that are offered, the most wanted first. */
  protocols?: string[];
  /** Goes on after an interruption without losing or doubling a message. The route must have `resume` too. */
  resume?: boolean;
  backoff?: Backoff;
  /** Milliseconds for a connection to be made. Default 10,000, as an instance may have to start first. */
  timeoutMs?: number;
  /** Default: the global one, which Node has from version 22 on. `ws` fits. */
  WebSocket?: WebSocketClass;
}

/** A WebSocket class: the browser's, Node's, that of `ws`. */
export type WebSocketClass = new (url: string, protocols?: string[]) => { close(code?: number, reason?: string): void };

export interface RequestOptions {
  /** Milliseconds to wait for the answer, time without a connection included. Default 30,000; 0: no limit. */
  timeoutMs?: number;
}

/** A WebSocket that is made again whenever it breaks. Made by `connect`. */
export interface Connection<Incoming = unknown, Outgoing = unknown> {
  readonly state: ConnectionState;
  /**
   * Sends a message: text and bytes as they are, anything else as JSON. Without a connection it waits for one. One that
   * is on its way when a connection breaks may be lost: what must arrive is sent by `request`.
   * @throws ClientError `CLOSED`, `FULL`: a thousand messages wait already
   */
  send(message: Outgoing): void;
  /**
   * Sends a message with an `id` and resolves to the handler's result. With `resume` it is sent again after an
   * interruption, and handled once. Rejects with a `ClientError`: the server's problem, or `TIMEOUT`, `CLOSED`, `FULL`, or
   * `LOST`: the connection has broken, or with `resume` the session, and nobody knows whether it was handled.
   */
  request<Result = unknown>(message: Outgoing & object, options?: RequestOptions): Promise<Result>;
  /** Calls a function at each event of a kind. Returns a function that ends this. */
  on<Name extends keyof ConnectionEvents<Incoming>>(
    event: Name,
    listener: (...about: ConnectionEvents<Incoming>[Name]) => void,
  ): () => void;
  /** Ends it for good; a session is over at once. Default 1000. What waits for an answer is rejected with `CLOSED`. */
  close(code?: number, reason?: string): void;
}
