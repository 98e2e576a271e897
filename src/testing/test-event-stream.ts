import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { HttpRefused } from './http-refused.js';
import { Inbox, PATIENCE_MS } from './inbox.js';
import { SseParser } from './sse-parser.js';
import { TestResponse } from './test-response.js';
import type { TestSseEvent } from './test-sse-event.js';

/** Events that may wait for the test. With more, nothing is read: the server sees a client that takes its time. */
const MAX_WAITING = 256;

/**
 * An event stream as a client reads it. Made by `application.sse()`.
 * Leaving a `for await` loop does not close it, so that a test can go on with `next()`; the application's end does.
 */
export class TestEventStream implements AsyncIterable<TestSseEvent> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The comments so far, heartbeats among them. */
  readonly comments: string[] = [];
  /** The `retry` last sent, in milliseconds. */
  retryMs: number | undefined;
  readonly #name: string;
  readonly #message: IncomingMessage;
  readonly #inbox = new Inbox<TestSseEvent>();
  readonly #parser: SseParser;

  private constructor(name: string, message: IncomingMessage) {
    this.#name = name;
    this.#message = message;
    this.status = message.statusCode ?? 0;
    this.headers = message.headers;
    this.#parser = new SseParser({
      onEvent: (event) => this.#inbox.push(event),
      onComment: (text) => this.comments.push(text),
      onRetry: (milliseconds) => {
        this.retryMs = milliseconds;
      },
    });
    message.on('data', (chunk: Buffer) => this.#read(chunk));
    message.once('end', () => this.#inbox.end());
    message.on('error', (error) => this.#inbox.end(error)); // the connection broke
  }

  /** Rejects with `HttpRefused` where the answer is no event stream. */
  static async open(name: string, message: IncomingMessage): Promise<TestEventStream> {
    const type = message.headers['content-type'] ?? '';
    if (message.statusCode === 200 && type.startsWith('text/event-stream')) return new TestEventStream(name, message);
    throw HttpRefused.from(name, await TestResponse.read(message));
  }

  /** What a client gives back as `Last-Event-ID`. */
  get lastEventId(): string {
    return this.#parser.lastEventId;
  }

  /**
   * The next event; `undefined` when the stream has ended.
   * @param timeoutMs after which it rejects. Default 5 s.
   */
  next(timeoutMs: number = PATIENCE_MS): Promise<TestSseEvent | undefined> {
    const pending = this.#inbox.take(timeoutMs, `the next event of ${this.#name}`);
    if (this.#inbox.size < MAX_WAITING && this.#message.isPaused()) this.#message.resume();
    return pending;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TestSseEvent, void, undefined> {
    for (let event = await this.next(); event !== undefined; event = await this.next()) yield event;
  }

  /** Leaves, as a client does that is closed: the connection is cut. */
  close(): void {
    this.#inbox.end();
    this.#message.destroy();
  }

  #read(chunk: Buffer): void {
    this.#parser.push(chunk);
    if (this.#inbox.size >= MAX_WAITING) this.#message.pause();
  }
}
