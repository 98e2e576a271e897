import type { EventEmitter } from 'node:events';

/** What can be sent in one frame: text as it is, bytes as a binary frame, anything else as JSON text. */
export type WebSocketMessage = unknown;

/** The event of a `close` handler: how the connection ended (RFC 6455, section 7). */
export class CloseEvent {
  constructor(
    /** The close code; 1006 where the connection ended without a close frame. */
    readonly code: number,
    /** The other side's reason; empty where there is none. */
    readonly reason: string,
    /** Whether both sides closed in the proper way. */
    readonly wasClean: boolean,
  ) {}
}

/** The sockets of a channel. */
export interface ChannelTarget {
  /** Sends to every socket that has joined the channel, the sender's own included. Resolves when it is published. */
  send(message: WebSocketMessage): Promise<void>;
  /** The same without some: `to('room:1').except(context.ws).send(message)`. Connections, or their ids. */
  except(...connections: readonly (WebSocketConnection | string)[]): ChannelTarget;
}

export interface JoinOptions {
  /** Lists the connection as a member of the channel, with this for the others to see: `channels.members(channel)`. */
  member?: unknown;
}

/**
 * A WebSocket connection as a handler sees it: `context.ws`.
 * It emits `open`, `message`, `close` and `error` too, for functions written for the platform's own framework.
 */
export interface WebSocketConnection extends EventEmitter {
  /** Unique among all instances; a connection that is resumed keeps it. */
  readonly id: string;
  /** Whether the client goes on with a session of its own (`resume`): what that had joined is joined again. */
  readonly resumed: boolean;
  /** Sends one message. Nothing is sent when the connection is closed. A client that does not read is cut off (1013). */
  send(message: WebSocketMessage): void;
  /** Starts the closing handshake. Default 1000. @throws RangeError for a code that may not be sent (RFC 6455, 7.4). */
  close(code?: number, reason?: string): void;
  /** Sends a ping frame. */
  ping(): void;
  /** From now on gets what is sent to the channel. Resolves when that is so. */
  join(channel: string, options?: JoinOptions): Promise<void>;
  leave(channel: string): void;
  /** The sockets of a channel: `context.ws.to('room:1').send(message)`. */
  to(channel: string): ChannelTarget;
  /** Bytes accepted by `send` and not yet given to the network. */
  readonly bufferedAmount: number;
  readonly closed: boolean;
  /** The subprotocol agreed on; empty where there is none. */
  readonly protocol: string;
}
