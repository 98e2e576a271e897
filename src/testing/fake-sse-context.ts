import { abortContext, type ContextState } from '../context/http-context.js';
import { SseContext } from '../context/sse-context.js';
import type { SseEvent } from '../context/sse-stream.js';
import { type FakeContextInit, fakeRequest, fakeSettings, furnish } from './fake-request.js';
import { FakeSseStream } from './fake-sse-stream.js';

export interface FakeSseContextInit<State extends object = ContextState> extends FakeContextInit<State> {
  /** The id that a client gives when it comes back. */
  lastEventId?: string;
}

/** A real `SseContext` whose stream records. Made by {@link fakeSseContext}. */
export class FakeSseContext<State extends object = ContextState> extends SseContext<State> {
  /** What `sse()` gives. */
  readonly stream: FakeSseStream = new FakeSseStream((reason) => abortContext(this, reason));

  constructor(init: FakeSseContextInit<State> = {}) {
    super(fakeRequest(withLastEventId(init)), init.params ?? {}, fakeSettings(init));
    furnish(this, init);
  }

  /** What was sent so far, in order. */
  get events(): readonly SseEvent[] {
    return this.stream.events;
  }

  /** The client leaves: the stream closes, `signal` aborts. */
  abort(reason?: Error): void {
    this.stream.leave(reason);
  }

  override sse(): FakeSseStream {
    return this.stream;
  }

  /** Records what a handler's generator yields. Resolves to all events when it has ended or the client has left. */
  record(source: AsyncIterable<unknown> | Iterable<unknown>): Promise<readonly SseEvent[]> {
    return this.stream.record(source);
  }
}

/** Header bytes are latin1 to node, and the id is UTF-8 (WHATWG HTML, 9.2.3). */
function withLastEventId<State extends object>(init: FakeSseContextInit<State>): FakeContextInit<State> {
  if (init.lastEventId === undefined) return init;
  const id = Buffer.from(init.lastEventId, 'utf8').toString('latin1');
  return { ...init, headers: { ...init.headers, 'last-event-id': id } };
}

/**
 * A context for a test that calls an `@Sse` handler by itself.
 *
 * @example
 * const context = fakeSseContext({ lastEventId: '3' });
 * const events = await context.record(controller.progress(event, context));
 * assert.deepEqual(events[0], { event: 'step', id: 4, data: step });
 */
export function fakeSseContext<State extends object = ContextState>(
  init?: FakeSseContextInit<State>,
): FakeSseContext<State> {
  return new FakeSseContext(init);
}
