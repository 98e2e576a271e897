import { EventEmitter } from 'node:events';

import type { SseEvent, SseStream } from '../context/sse-stream.js';
import { encodeEvent, isEvent } from '../server/sse-encoding.js';
import { ClientLeft } from './fake-request.js';

class StreamEnded extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('the event stream has ended');
  }
}

/** An event stream that goes nowhere and records everything. A field that a real one refuses, it refuses too. */
export class FakeSseStream extends EventEmitter implements SseStream {
  closed = false;
  /** What was sent, in order: data and fields as they were given, text and plain values as `{ data }`. */
  readonly events: SseEvent[] = [];
  readonly #onClose: (reason: Error) => void;

  /** @param onClose is told why, before the `close` event. */
  constructor(onClose: (reason: Error) => void) {
    super();
    this.#onClose = onClose;
  }

  /** `false` when the stream is closed; nothing is recorded then. There is never anything to wait for. */
  send(events: unknown): boolean {
    if (this.closed) return false;
    const recorded = Array.isArray(events) ? events.map(recordedEvent) : [recordedEvent(events)];
    this.events.push(...recorded);
    return true;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  end(event?: SseEvent | string): void {
    if (this.closed) return;
    if (event !== undefined) this.send(event);
    this.leave(new StreamEnded());
  }

  setEncoder(): void {
    // an event stream is UTF-8 (WHATWG HTML, section 9.2.5)
  }

  /** Closes it from the client's side. */
  leave(reason: Error = new ClientLeft()): void {
    if (this.closed) return;
    this.closed = true;
    this.#onClose(reason);
    this.emit('close');
  }

  /**
   * Records what a generator yields, as the server would send it, until it ends or the stream is closed. Resolves to
   * all events; rejects with what the generator throws, unless the stream is closed by then.
   */
  async record(source: AsyncIterable<unknown> | Iterable<unknown>): Promise<readonly SseEvent[]> {
    try {
      for await (const event of source) if (!this.send(event)) return this.events;
    } catch (error) {
      if (!this.closed) throw error;
      return this.events; // most sources say by an AbortError that they have seen the signal
    }
    this.end();
    return this.events;
  }
}

function recordedEvent(value: unknown): SseEvent {
  encodeEvent(value); // throws what the real stream would throw
  return isEvent(value) ? { ...value } : { data: value };
}
