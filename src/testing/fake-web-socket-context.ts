import { abortContext, type ContextState } from '../context/http-context.js';
import { WebSocketContext } from '../context/web-socket-context.js';
import { ClientLeft, type FakeContextInit, fakeRequest, fakeSettings, furnish } from './fake-request.js';
import { FakeWebSocketConnection } from './fake-web-socket-connection.js';

/** A real `WebSocketContext` whose connection records. Made by {@link fakeWebSocketContext}. */
export class FakeWebSocketContext<State extends object = ContextState> extends WebSocketContext<State> {
  declare readonly ws: FakeWebSocketConnection;

  constructor(init: FakeContextInit<State> = {}) {
    const connection = new FakeWebSocketConnection(() => abortContext(this, new ClientLeft()));
    super(fakeRequest(init), init.params ?? {}, fakeSettings(init), connection);
    furnish(this, init);
  }

  /** The client is gone: `signal` aborts and the connection is closed with 1006. */
  abort(reason: Error = new ClientLeft()): void {
    abortContext(this, reason);
    this.ws.cut();
  }
}

/**
 * A context for a test that calls a `@WebSocket` handler by itself.
 *
 * @example
 * const context = fakeWebSocketContext({ params: { room: 'tea' } });
 * controller.said({ text: 'hello' }, context);
 * assert.deepEqual(context.ws.published, [{ channel: 'room:tea', message: { text: 'hello' } }]);
 */
export function fakeWebSocketContext<State extends object = ContextState>(
  init?: FakeContextInit<State>,
): FakeWebSocketContext<State> {
  return new FakeWebSocketContext(init);
}
