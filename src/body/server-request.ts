import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

// As a module this would cost every start dearly on Node 22 and later (nodejs/node#59686); as a builtin it does not.
const http = process.getBuiltinModule('node:http');

/** What goes on when a body has come whole, or will not. One for all requests: each hands its waiter back. */
export interface BodyAwaiter<Waiter> {
  readonly came: (waiter: Waiter) => void;
  /** The connection ended before the body did. */
  readonly broke: (waiter: Waiter, error: Error | undefined) => void;
}

/** How far the body is. */
type BodyState =
  /** Nothing has come, and nobody reads. */
  | 'untouched'
  /** Somebody waits until all of it has come. */
  | 'awaited'
  /** All of it has come, and nobody has read it as a stream. */
  | 'whole'
  /** It is a stream, as in any request of node:http. */
  | 'stream'
  /** There is nothing more to read, and the answer is out. */
  | 'done';

// The method that node calls on a request whose answer is out and whose body nobody has read. It is not documented: a
// node without it never calls the one below, and reads what is left of a body as it always did.
const { _dump: dump } = http.IncomingMessage.prototype as IncomingMessage & { _dump?: () => void };

const readableEnded = Object.getOwnPropertyDescriptor(
  process.getBuiltinModule('node:stream').Readable.prototype,
  'readableEnded',
);

/**
 * A request whose body can be awaited whole. A stream costs each request some microseconds, its end alone three turns of
 * the event loop's queues, also where there is no body or it comes with the head in one packet, as nearly all do. So the
 * stream begins when somebody reads: until then the end is only noted, and a body that is awaited only kept.
 *
 * Whoever reads it as a stream finds what any request of node:http gives. (Node 24.10 has `optimizeEmptyRequests` for
 * one half of this.)
 */
export class ServerRequest extends http.IncomingMessage {
  #state: BodyState = 'untouched';
  #body: Buffer | undefined;
  #waiter: unknown;
  #awaiter: BodyAwaiter<unknown> | undefined;

  static {
    // An accessor of node's, which the types give as a property: only so can it be overridden.
    Object.defineProperty(this.prototype, 'readableEnded', {
      configurable: true,
      get(this: ServerRequest): boolean {
        // Node lets go of a request that has ended, and would else keep the last one of each idle connection.
        return this.#state === 'done' || readableEnded?.get?.call(this) === true;
      },
    });
  }

  // oxlint-disable-next-line typescript/no-useless-constructor -- node calls it with the socket, which its types demand
  constructor(socket: Socket) {
    super(socket);
  }

  /** The body, where it was awaited and has come. */
  get body(): Buffer | undefined {
    return this.#body;
  }

  /** Whether it can still be awaited: nothing of the body has been read or has come. */
  get awaitable(): boolean {
    return this.#state === 'untouched' && !this.complete && !this.destroyed;
  }

  /**
   * Calls back when the body has come whole, which `body` then gives, or when the client has left. It is kept in memory
   * whatever its length: await only what is announced as short.
   */
  awaitBody<Waiter>(waiter: Waiter, awaiter: BodyAwaiter<Waiter>): void {
    this.#state = 'awaited';
    this.#waiter = waiter;
    // The waiter beside it is of its type: no other is ever handed to it.
    this.#awaiter = awaiter as BodyAwaiter<unknown>;
  }

  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    if (this.#state === 'awaited') {
      if (chunk === null) this.#come();
      else this.#body = this.#body === undefined ? chunk : Buffer.concat([this.#body, chunk]);
      return true;
    }
    if (this.#state === 'untouched' && chunk === null) {
      this.#state = 'whole';
      return false;
    }
    this.#state = 'stream';
    return super.push(chunk, encoding);
  }

  override _read(size: number): void {
    if (this.#state === 'stream') {
      super._read(size);
      return;
    }
    const { body } = this;
    const ended = this.#state === 'whole';
    this.#stopWaiting();
    super._read(size);
    if (body !== undefined) super.push(body);
    if (ended) super.push(null);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const waiter = this.#waiter;
    const awaiter = this.#awaiter;
    if (awaiter === undefined) {
      super._destroy(error, callback);
      return;
    }
    this.#stopWaiting();
    super._destroy(error, (failure) => {
      callback(failure);
      awaiter.broke(waiter, error ?? undefined);
    });
  }

  /** Called by node when the answer is out: what nobody has read is to be read and thrown away. */
  _dump(): void {
    if (this.#state === 'whole') this.#state = 'done';
    else {
      if (this.#state === 'awaited') this.#stopWaiting();
      dump?.call(this);
    }
  }

  #come(): void {
    const waiter = this.#waiter;
    const awaiter = this.#awaiter;
    this.#state = 'whole';
    this.#body ??= Buffer.alloc(0);
    this.#waiter = undefined;
    this.#awaiter = undefined;
    awaiter?.came(waiter);
  }

  /** From here on it is a stream, which begins with what has come so far. */
  #stopWaiting(): void {
    this.#state = 'stream';
    this.#body = undefined;
    this.#waiter = undefined;
    this.#awaiter = undefined;
  }
}
