import { type ContextState, HttpContext } from './http-context.js';

/** The context of an `@Sse` handler. */
export class SseContext<State extends object = ContextState> extends HttpContext<State> {
  /** The id of the last event that the client saw before it reconnected; `undefined` on a first connection. */
  get lastEventId(): string | undefined {
    const value = this.headers['last-event-id'];
    // Node gives header bytes as latin1; the specification sends the id as UTF-8 (WHATWG HTML, 9.2.3).
    return typeof value === 'string' && value !== '' ? Buffer.from(value, 'latin1').toString('utf8') : undefined;
  }
}
