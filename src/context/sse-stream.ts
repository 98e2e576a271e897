import type { EventEmitter } from 'node:events';
import type { TextEncoder } from 'node:util';

/** Another answer has begun, or the client has left. */
export class TooLateForStream extends Error {
  override readonly name = 'TooLateForStream';
}

/** One event of a stream (WHATWG HTML, section 9.2.6), before it is written. */
export interface SseEvent<Data = unknown> {
  /** Strings go out as they are, every line break kept; anything else as JSON. `undefined`: no data line. */
  data: Data;
  /** The event's name; a browser dispatches it under this name instead of `message`. No CR, LF or NUL. */
  event?: string;
  /** What the client gives back as `Last-Event-ID` when it reconnects. No CR, LF or NUL. */
  id?: string | number;
  /** Milliseconds the client waits before it reconnects: a whole number. */
  retry?: number;
  /** A line that the client ignores. */
  comment?: string;
}

export interface SseOptions {
  /** `false`: no heartbeat comments on this stream. Default `true`. */
  keepalive?: boolean;
  /** More response headers. Those that make it an event stream cannot be replaced. */
  headers?: Record<string, string | string[]>;
}

/**
 * A stream of Server-Sent Events that the handler writes by hand (`context.sse()`); a handler that is an async
 * generator has no need of it. The stream stays open when the handler returns, until `end()`, the client's leaving or
 * the deadline.
 *
 * @example
 * const stream = context.sse();
 * for (const step of steps) if (!stream.send({ event: 'step', id: step.id, data: step })) await stream.drained();
 * stream.end();
 */
export interface SseStream extends EventEmitter {
  /** Whether the client has left or the stream has ended. Already true inside a `close` listener. */
  readonly closed: boolean;
  /**
   * Sends one event or several in one write.
   * @returns `false` when it is time to wait for `drained()`, or when the stream is closed. What is sent to a client
   * that does not read is kept up to 1 MiB; beyond it the connection is cut.
   * @throws TypeError for a field that would break the stream's framing, such as a line break in `id`.
   */
  send(event: SseEvent | string | Buffer | readonly (SseEvent | string | Buffer)[]): boolean;
  /** Resolves when the client has taken what was sent, or has left. */
  drained(): Promise<void>;
  /** Sends a last event, if one is given, and ends the stream. */
  end(event?: SseEvent | string): void;
  /** Does nothing: an event stream is UTF-8 by its specification. Here for functions written for the platform's framework. */
  setEncoder(encoder: TextEncoder): void;
}
