import { type ContextState, type EventType, HttpContext } from './http-context.js';

/** The context of an `upgrade` handler and of middleware around it: the request that asks to become a WebSocket. */
export class UpgradeContext<State extends object = ContextState> extends HttpContext<State> {
  override get eventType(): EventType {
    return 'websocket.upgrade';
  }

  /** The subprotocols that the client offers, in its order of preference. */
  get protocols(): readonly string[] {
    const header = this.headers['sec-websocket-protocol'] ?? '';
    return header
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }
}
