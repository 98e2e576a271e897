import { EventEmitter } from 'node:events';

import { checkClose } from '../context/check-close.js';
import type { ChannelTarget, JoinOptions, WebSocketConnection } from '../context/web-socket-connection.js';

/** What a fake connection has sent to a channel. */
export interface FakePublished {
  readonly channel: string;
  readonly message: unknown;
  readonly except?: readonly string[];
}

/** A WebSocket connection that goes nowhere and records everything. What a real one refuses, it refuses too. */
export class FakeWebSocketConnection extends EventEmitter implements WebSocketConnection {
  /** Messages as they were given to `send`, in order. */
  readonly sent: unknown[] = [];
  /** The channels that it is in. */
  readonly joined = new Set<string>();
  /** What it is listed with, by channel, where it joined as a member. */
  readonly memberOf = new Map<string, unknown>();
  /**
   * What was sent to channels, in order, with the ids that were left out. It is not delivered, not even to this
   * connection itself.
   */
  readonly published: FakePublished[] = [];
  /** What `close` was first called with; `undefined` while it is open. */
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  /** How often `ping` was called. */
  pings = 0;
  closed = false;
  /** For a test to set: what a handler that looks at it should see. */
  bufferedAmount = 0;
  /** For a test to set: the subprotocol agreed on. */
  protocol = '';
  /** For a test to set. */
  id = 'fake-connection';
  /** For a test to set: the client goes on with a session of its own. */
  resumed = false;
  readonly #onClose: () => void;

  /** @param onClose is called before the `close` event. */
  constructor(onClose: () => void = nothing) {
    super();
    this.#onClose = onClose;
  }

  send(message: unknown): void {
    if (this.closed) return;
    // A cycle or a bigint throws here as it would in a real connection.
    if (typeof message !== 'string' && !isBytes(message)) JSON.stringify(message);
    this.sent.push(message);
  }

  /** Closes at once, as there is nobody to answer: `closed` is true, the context's signal aborted, `close` emitted. */
  close(code = 1000, reason = ''): void {
    checkClose(code, reason);
    if (this.closed) return;
    this.closedWith = { code, reason };
    this.#end(code, reason, true);
  }

  ping(): void {
    if (!this.closed) this.pings += 1;
  }

  join(channel: string, { member }: JoinOptions = {}): Promise<void> {
    if (!this.closed) this.joined.add(channel);
    if (!this.closed && member !== undefined) this.memberOf.set(channel, member);
    return Promise.resolve();
  }

  leave(channel: string): void {
    this.joined.delete(channel);
    this.memberOf.delete(channel);
  }

  to(channel: string): ChannelTarget {
    return this.#target(channel, []);
  }

  #target(channel: string, except: readonly string[]): ChannelTarget {
    return {
      send: (message) => {
        this.published.push(except.length === 0 ? { channel, message } : { channel, message, except });
        return Promise.resolve();
      },
      except: (...connections) => {
        const ids = connections.map((connection) => (typeof connection === 'string' ? connection : connection.id));
        return this.#target(channel, [...except, ...ids]);
      },
    };
  }

  /** Ends it without a close frame, as when the network breaks: 1006. */
  cut(): void {
    if (!this.closed) this.#end(1006, '', false);
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    this.closed = true;
    this.joined.clear();
    this.memberOf.clear();
    this.#onClose();
    this.emit('close', { type: 'close', code, reason, wasClean });
  }
}

function nothing(): void {
  // nobody needs to know
}

function isBytes(message: unknown): boolean {
  return message instanceof Uint8Array || message instanceof ArrayBuffer;
}
