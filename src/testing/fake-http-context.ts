import { abortContext, type ContextState, HttpContext } from '../context/http-context.js';
import { ClientLeft, type FakeContextInit, fakeRequest, fakeSettings, furnish } from './fake-request.js';
import { FakeSseStream } from './fake-sse-stream.js';

/** A real `HttpContext` with no socket behind it. Made by {@link fakeHttpContext}. */
export class FakeHttpContext<State extends object = ContextState> extends HttpContext<State> {
  #stream: FakeSseStream | undefined;

  constructor(init: FakeContextInit<State> = {}) {
    super(fakeRequest(init), init.params ?? {}, fakeSettings(init));
    furnish(this, init);
  }

  /** Aborts `signal`, as when the client leaves; an event stream that is open closes. */
  abort(reason: Error = new ClientLeft()): void {
    if (this.#stream === undefined) abortContext(this, reason);
    else this.#stream.leave(reason);
  }

  /** The stream that records what is sent; the same at every call. @throws Error when the client has left before. */
  override sse(): FakeSseStream {
    if (this.#stream !== undefined) return this.#stream;
    if (this.signal.aborted) throw new Error('context.sse(): the client has left');
    return (this.#stream = new FakeSseStream((reason) => abortContext(this, reason)));
  }
}

/**
 * A context for a test that calls a handler by itself.
 *
 * @example
 * const context = fakeHttpContext({ params: { id: '7' }, headers: { authorization: 'Bearer x' } });
 * await new OrderController(fakeRepository).place(order, context);
 * assert.equal(context.response.status, 202);
 */
export function fakeHttpContext<State extends object = ContextState>(
  init?: FakeContextInit<State>,
): FakeHttpContext<State> {
  return new FakeHttpContext(init);
}
