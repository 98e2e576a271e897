import type { ProxiedRequest } from './client-address.js';
import {
  type ContextSettings,
  type ContextState,
  type EventType,
  HttpContext,
  type PathParameters,
  succeedContext,
} from './http-context.js';
import type { UpgradeContext } from './upgrade-context.js';
import type { WebSocketConnection } from './web-socket-connection.js';

/** The request has become a connection: this context is now the only one, as two for each idle connection are much. */
let beginConnection: (context: WebSocketContext) => void;
export { beginConnection };

/** The context of a WebSocket connection: one for its `open`, all its messages and its `close`. */
export class WebSocketContext<State extends object = ContextState> extends HttpContext<State> {
  /** The connection. */
  readonly ws: WebSocketConnection;
  /** Until the connection begins: what middleware and the `upgrade` handler leave is left there. */
  #upgrade: UpgradeContext<State> | undefined;

  static {
    beginConnection = (context) => {
      if (context.#upgrade !== undefined) succeedContext(context.#upgrade, context);
      context.#upgrade = undefined;
    };
  }

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
