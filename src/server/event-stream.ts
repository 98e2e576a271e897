// Longer than 250 lines because the stream's opening, its writes and its ends guard one another's state.
import type { IncomingMessage } from 'node:http';

import { MessageQueue } from '../channels/message-queue.js';
import { responseHeadOf, setDeadline } from '../context/http-context.js';
import type { SseEvent, SseOptions, SseStream } from '../context/sse-stream.js';
import { HttpError } from '../errors/http-error.js';
import { describe, toHttpError, toProblem } from '../errors/problem.js';
import { startDeadlineTimer } from './deadline-timer.js';
import { type EventSource, openEventSource } from './event-source.js';
import type { Exchange } from './exchange.js';
import { type Headers, setHeader } from './headers.js';
import type { Beating } from './heartbeats.js';
import { LazyEmitter } from './lazy-emitter.js';
import type { LiveConnection } from './live-connections.js';
import { QueuePump } from './queue-pump.js';
import { respondError } from './respond-error.js';
import { discardResult } from './result.js';
import { encodeComment, encodeEvent } from './sse-encoding.js';
import { finishHeaders } from './write-body.js';
import { watchStall } from './write-stall.js';

const HEARTBEAT = encodeComment('heartbeat');

/** Events of one turn go out as one chunk, of about this many characters at most. */
const BATCH_CHARACTERS = 8192;

/** Streams with events that are to go out at the end of the turn: one callback for all of them. */
let unwritten: EventStream[] = [];

/** What every event stream says; a handler's own headers cannot replace these. */
export const STREAM_HEADERS: readonly (readonly [string, string])[] = [
  ['Content-Type', 'text/event-stream; charset=utf-8'],
  // no-transform: a proxy that compresses would hold events back.
  ['Cache-Control', 'no-cache, no-transform'],
  // nginx, which stands in front of functions on SCF, buffers answers unless told not to.
  ['X-Accel-Buffering', 'no'],
];

/** One for all streams. */
const NO_OPTIONS: SseOptions = {};

/** Why a stream's signal is aborted. */
class StreamEnded extends Error {
  override readonly name = 'AbortError';
}

/** Instead of the headers as they came. */
const NO_RAW_HEADERS: string[] = [];

/** Node keeps the headers twice, as they came and as they are read: idle streams are many, and only one is asked for. */
function dropRawHeaders(request: IncomingMessage): void {
  void request.headers; // made of the others when it is first asked for
  request.rawHeaders = NO_RAW_HEADERS;
}

/**
 * The event stream of one request: what `context.sse()` gives, and what a generator is pumped into.
 * Its headers go out with the first event, so that until then an error is an ordinary HTTP error.
 */
export class EventStream extends LazyEmitter implements SseStream, LiveConnection, Beating {
  closed = false;
  /** Whether the headers have gone out. */
  opened = false;
  /** Events sent. */
  messages = 0;
  /** Whether the client says that it comes back: 1. */
  readonly resumes: number;
  readonly #exchange: Exchange;
  readonly #options: SseOptions;
  readonly #heartbeatMs: number;
  #source: Pick<EventSource, 'end'> | undefined;
  #openTimer: NodeJS.Timeout | undefined;
  readonly #deadlineTimer: NodeJS.Timeout | undefined;
  /** Nothing was written since the last beat. */
  #quiet = false;
  readonly #encode: (event: unknown) => string;
  /** Events of this turn, which go out together at its end. */
  #batch = '';

  constructor(exchange: Exchange, options = NO_OPTIONS) {
    super();
    this.#exchange = exchange;
    this.#options = options;
    const { service, endpoint, request } = exchange;
    this.#encode = exchange.form?.newEncoder() ?? encodeEvent;
    this.resumes = request.headers['last-event-id'] === undefined ? 0 : 1;
    const route = endpoint?.route.protocol === 'sse' ? endpoint.route : undefined;
    this.#heartbeatMs =
      options.keepalive === false ? 0 : (route?.options.heartbeatMs ?? service.settings.sseHeartbeatMs);
    service.live.add(this);
    service.heartbeats.add(this, this.#heartbeatMs);
    // A handler that waits long for its first event should not leave the client in doubt whether it is connected.
    this.#openTimer = setTimeout(() => this.#orAnswer(() => this.open()), service.settings.sseOpenMs);
    // A stream may go on for longer than its handler, for as long as the platform lets it.
    setDeadline(exchange.context, exchange.cutAt ?? Number.POSITIVE_INFINITY);
    this.#deadlineTimer = startDeadlineTimer(exchange.context, () => void this.endPolitely());
  }

  get requestId(): string {
    return this.#exchange.context.requestId;
  }

  send(events: unknown): boolean {
    if (this.closed) return false;
    this.messages += Array.isArray(events) ? events.length : 1;
    const text = Array.isArray(events) ? events.map((event) => this.#encode(event)).join('') : this.#encode(events);
    return text !== '' && this.#write(text);
  }

  drained(): Promise<void> {
    const { response } = this.#exchange;
    if (this.closed || !response.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        response.off('drain', done);
        this.off('close', done);
        resolve();
      };
      response.on('drain', done);
      this.on('close', done);
    });
  }

  end(event?: SseEvent | string): void {
    if (this.closed) return;
    if (event !== undefined) this.#write(this.#encode(event));
    this.open();
    if (this.closed) return;
    if (this.opened) this.#exchange.response.end(this.#takeBatch());
    this.#onClose();
  }

  setEncoder(): void {
    // UTF-8 it is: WHATWG HTML, section 9.2.5.
  }

  /** Sends the headers, if they have not gone out. @throws TypeError for headers that cannot be written. */
  open(): void {
    if (!this.#begin() || this.closed) return;
    if (this.#batch === '') this.#exchange.response.flushHeaders();
    else this.#flush();
  }

  /** Begins the answer, if it has not begun; its headers go out with what is written first. */
  #begin(): boolean {
    if (this.opened || this.closed || !this.#exchange.open) return false;
    clearTimeout(this.#openTimer);
    this.#openTimer = undefined;
    const { request, response, endpoint } = this.#exchange;
    const retry = endpoint?.route.protocol === 'sse' ? endpoint.route.options.retryMs : undefined;
    response.writeHead(200, this.#headers(STREAM_HEADERS));
    this.opened = true;
    dropRawHeaders(request);
    this.#exchange.service.observer?.streamOpened?.(this.#exchange, this);
    if (request.method === 'HEAD') this.end();
    else if (retry !== undefined) this.#add(encodeEvent({ data: undefined, retry }));
    return true;
  }

  /**
   * Sends what a generator yields, pulling it only as fast as the client reads, and ends the stream after it.
   * Each value is one event, an array too. Rejects with what the source throws before the stream was opened. A
   * subscription to a channel leaves no promise behind: there may be as many as there are clients.
   */
  pump(iterable: AsyncIterable<unknown> | Iterable<unknown>): undefined | Promise<void> {
    if (this.closed) {
      discardResult(iterable);
      return undefined;
    }
    if (!(iterable instanceof MessageQueue)) return this.#pumpSource(openEventSource(iterable));
    const pump = (this.#source = new QueuePump(iterable, this));
    pump.begin();
    return undefined;
  }

  async #pumpSource(source: EventSource): Promise<void> {
    this.#source = source;
    try {
      for (let step = await source.next(); step.done !== true; step = await source.next()) {
        if (this.closed) return;
        this.messages += 1;
        if (!this.#write(encodeEvent(step.value))) await this.drained();
      }
    } catch (error) {
      if (this.closed) return; // the client left: most sources say so by an AbortError
      if (!this.opened) {
        this.#onClose();
        throw error;
      }
      this.fail(error);
      return;
    }
    this.sourceEnded(undefined);
  }

  /** The source has given all it had, or a subscription has broken. */
  sourceEnded(error: unknown): void {
    if (this.closed) return;
    if (error === undefined) {
      this.#source = undefined;
      if (this.opened) this.end();
      else this.#nothingSent();
    } else if (this.opened) this.fail(error);
    else {
      this.#onClose();
      respondError(this.#exchange, error);
    }
  }

  /** An error after the start: the client is told, and the stream ends. */
  fail(thrown: unknown): void {
    const { service, context, name } = this.#exchange;
    const { form } = this.#exchange;
    const error = form?.toError(thrown) ?? toHttpError(thrown);
    this.#exchange.errorCode = error.code;
    if (error.status >= 500) {
      service.tracing?.failed(this.#exchange, error.cause ?? thrown);
      context.log.error(
        { err: error.cause ?? thrown, route: name },
        `an event stream failed: ${describe(error.cause ?? thrown)}`,
      );
    }
    if (form === undefined) {
      this.end({ event: 'error', data: toProblem(error, context.requestId, service.settings.exposeErrors) });
      return;
    }
    this.#write(form.encodeFailure(thrown, this.#exchange));
    this.end();
  }

  /** A comment after a full interval of silence. */
  beat(): void {
    if (!this.opened || this.closed) return;
    if (this.#quiet && !this.#exchange.response.writableNeedDrain) this.#write(HEARTBEAT);
    else this.#quiet = true;
  }

  endPolitely(): Promise<void> {
    const route = this.#exchange.endpoint?.route;
    const own = route?.protocol === 'sse' ? route.options.retryMs : undefined;
    // Spread over a second, so that the clients of an instance do not all come back at once.
    const retry = own ?? 500 + Math.floor(Math.random() * 1000);
    this.#orAnswer(() => {
      this.#write(encodeEvent({ data: undefined, retry }));
      this.end();
    });
    return Promise.resolve();
  }

  terminate(): void {
    this.#exchange.response.destroy();
  }

  #write(text: string): boolean {
    if (!this.opened) this.#begin();
    // Closed by `#begin` itself (HEAD), or never opened: another answer has gone out.
    if (this.closed || !this.opened) return false;
    this.#quiet = false;
    const { response, service, context } = this.#exchange;
    // What waits already counts, not this event: one event may be larger than the limit.
    const buffered = response.writableLength;
    if (buffered > service.settings.maxBufferedBytes) {
      context.log.warn({ buffered }, 'an event stream was cut: its client does not read');
      response.destroy();
      this.#onClose();
      return false;
    }
    this.#add(text);
    if (this.#batch.length >= BATCH_CHARACTERS) return this.#flush();
    return !response.writableNeedDrain;
  }

  #add(text: string): void {
    // Of a generator's turn this is the end too, as it comes after the promises of what it has yielded.
    if (this.#batch === '' && unwritten.push(this) === 1) process.nextTick(EventStream.#flushAll);
    this.#batch += text;
  }

  static #flushAll(this: void): void {
    const streams = unwritten;
    unwritten = [];
    for (const stream of streams) {
      if (stream.#batch === '') continue;
      const { socket } = stream.#exchange.response;
      // Corked here, or node would do it with a callback of its own for each response.
      socket?.cork();
      stream.#flush();
      socket?.uncork();
    }
  }

  #flush(): boolean {
    const { response } = this.#exchange;
    const batch = this.#takeBatch();
    // Cut off a moment ago, and its `close` is still to come: a write would be an error of the response.
    if (response.destroyed) return false;
    const taken = response.write(batch);
    if (!taken) watchStall(this.#exchange);
    return taken;
  }

  #takeBatch(): string {
    const batch = this.#batch;
    this.#batch = '';
    return batch;
  }

  /** The generator had nothing to say: 204 is how a server tells an EventSource not to come back. */
  #nothingSent(): void {
    const { open, response } = this.#exchange;
    if (!this.closed && open) {
      this.#orAnswer(() => {
        const headers = Object.entries(this.#headers([]));
        // One by one, as `writeHead(204)` decides that there is no body before it finds a bad header: the error's
        // answer would be without its body too.
        for (const [name, value] of headers) response.setHeader(name, value);
        response.writeHead(204).end();
      });
    }
    this.#onClose();
  }

  /** What the handler set beforehand, then what must be. */
  #headers(fixed: typeof STREAM_HEADERS): Record<string, string> {
    const headers: Headers = {};
    for (const [name, value] of responseHeadOf(this.#exchange.context)?.headers ?? []) headers[name] = value;
    for (const [name, value] of Object.entries(this.#options.headers ?? {})) setHeader(headers, name, value);
    this.#exchange.service.responseLimits.strip(this.#exchange, headers);
    for (const [name, value] of fixed) setHeader(headers, name, value);
    for (const [name, value] of this.#exchange.form?.streamHeaders(this.#exchange) ?? []) {
      setHeader(headers, name, value);
    }
    finishHeaders(this.#exchange, headers);
    return headers as Record<string, string>; // node's type leaves out that values may be lists
  }

  /** What throws here throws for nobody, such as headers that cannot be written: it is answered as an error. */
  #orAnswer(work: () => void): void {
    try {
      work();
    } catch (error) {
      respondError(this.#exchange, error);
      this.#onClose();
    }
  }

  /** The response has ended, or the client has left: told by the end of the exchange, which listens for all of it. */
  responseClosed(): void {
    this.#onClose();
  }

  #onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.#batch = '';
    clearTimeout(this.#openTimer);
    clearTimeout(this.#deadlineTimer);
    const { service } = this.#exchange;
    service.heartbeats.remove(this, this.#heartbeatMs);
    service.live.delete(this);
    this.#exchange.abandon(new StreamEnded('the event stream has ended'));
    // The generator's `finally` runs; one that waits runs it when what it waits for comes, or sees the signal.
    void this.#endSource();
    this.emit('close');
  }

  async #endSource(): Promise<void> {
    try {
      await this.#source?.end();
    } catch (error) {
      if (!(error instanceof HttpError)) {
        this.#exchange.context.log.warn({ err: error }, 'an event stream’s generator failed while it was ended');
      }
    }
  }
}
