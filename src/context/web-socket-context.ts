import type { ProxiedRequest } from './client-address.js';
import {
  type ContextSettings,
  type ContextState,
  type EventType,
  HttpContext,
  type PathParameters,
} from './http-context.js';
import type { UpgradeContext } from './upgrade-context.js';
import type { WebSocketConnection } from './web-socket-connection.js';

/** The context of a WebSocket connection: one for its `open`, all its messages and its `close`. */
export class WebSocketContext<State extends object = ContextState> extends HttpContext<State> {
  /** The connection. */
  readonly ws: WebSocketConnection;
  readonly #upgrade: UpgradeContext<State> | undefined;

  /** Made by the server; in tests by `fakeWebSocketContext` of `yunction/testing`. */
  constructor(
    request: ProxiedRequest,
    params: PathParameters,
    settings: ContextSettings,
    ws: WebSocketConnection,
    upgrade?: UpgradeContext<State>,
  ) {
    super(request, params, settings);
    this.ws = ws;
    this.#upgrade = upgrade;
  }

  override get eventType(): EventType {
    return 'websocket.connection';
  }

  /** The id of the request that was upgraded: one for the whole connection. */
  override get requestId(): string {
    return this.#upgrade === undefined ? super.requestId : this.#upgrade.requestId;
  }

  /** What middleware and the `upgrade` handler left is still here. */
  override get state(): State {
    return this.#upgrade === undefined ? super.state : this.#upgrade.state;
  }
}
