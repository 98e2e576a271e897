import type { HttpContext } from '../context/http-context.js';
import type { RequestScope } from '../context/injector.js';
import type { Next } from '../context/middleware.js';
import type { UpgradeContext } from '../context/upgrade-context.js';
import type { HttpRoute, SseRoute, WebSocketRoute } from '../routing/route.js';
import type { AnswerForm } from './answer-form.js';
import type { Exchange } from './exchange.js';

/** A middleware as the server calls it: a class's instance has been found. */
export type Layer = (context: HttpContext, next: Next, scope: RequestScope | undefined) => unknown;

/** A handler as the server calls it: the controller's instance is found and its method called. */
export type Call = (event: unknown, context: HttpContext, scope: RequestScope | undefined) => unknown;

/**
 * Reads a request's event and gives what `use` makes of it: a promise only where the event has to be waited for.
 * Decided once a route, by the handler's first parameter. An event that is not valid is the `HttpError` that says so.
 */
export type EventReader = (exchange: Exchange, use: (exchange: Exchange, event: unknown) => unknown) => unknown;

/** What requests and upgrades are answered by, as far as both are the same. */
export interface Endpoint {
  /** `OrderController.find`, for the log. */
  readonly name: string;
  /** As declared, `/orders/:id`: for metrics and spans, as an ordinary path would have no end of values. */
  readonly path: string;
  /** How it answers, where not as controllers do. */
  readonly form: AnswerForm | undefined;
  /** Its requests have no access records: route option `accessLog: false`. */
  readonly quiet: boolean;
}

/** What answers a request. Everything that can be decided at start is in it. */
export interface RequestEndpoint extends Endpoint {
  readonly route: HttpRoute | SseRoute;
  readonly layers: readonly Layer[];
  /** Those of them that answer CORS preflights. */
  readonly preflightLayers: readonly Layer[];
  readonly readEvent: EventReader;
  /** Bytes of a body that is awaited before the event is read; 0: none is, as the event asks for none or for a stream. */
  readonly awaitedBytes: number;
  readonly call: Call;
  /** Whether the controller or a middleware is made for each request. */
  readonly perRequest: boolean;
  readonly timeoutMs: number;
}

/** One handler of a WebSocket path. */
export interface MessageHandler {
  readonly route: WebSocketRoute;
  readonly name: string;
  readonly call: Call;
  readonly timeoutMs: number;
  /** What the handler takes: JSON (a class, validated, or any value), text frames, or binary frames. */
  readonly takes: 'json' | 'text' | 'binary';
  /** The event of a parsed message. */
  readonly readMessage: (value: unknown) => unknown;
}

/** The handler of `upgrade` or `open`: its event comes from the upgrade request. */
export interface UpgradeHandlerEndpoint {
  readonly route: WebSocketRoute;
  readonly name: string;
  readonly call: Call;
  readonly timeoutMs: number;
  readonly readEvent: (context: HttpContext) => unknown;
}

/** What serves the WebSocket connections of one path. */
export interface WebSocketEndpoint extends Endpoint {
  /** Where its first handler was decorated. */
  readonly file: string | undefined;
  readonly layers: readonly Layer[];
  readonly perRequest: boolean;
  readonly upgrade: UpgradeHandlerEndpoint | undefined;
  readonly open: UpgradeHandlerEndpoint | undefined;
  /** What middleware and the `upgrade` handler have together, in milliseconds; 0: no limit. */
  readonly timeoutMs: number;
  /** By the `type` of the message. */
  readonly typed: ReadonlyMap<string, MessageHandler>;
  /** For JSON of any other type, text frames and binary frames. */
  readonly json: MessageHandler | undefined;
  readonly text: MessageHandler | undefined;
  readonly binary: MessageHandler | undefined;
  readonly close: Call | undefined;
  readonly error: Call | undefined;
  /** Best first; `first offered`: whatever the client likes best. */
  readonly protocols: readonly string[] | 'first offered';
  readonly maxMessageBytes: number;
  readonly heartbeatMs: number;
  readonly compress: boolean;
  /** Origins that may connect beside the server's own; `undefined` where a middleware judges them. */
  readonly origins: readonly string[] | undefined;
  /** Milliseconds in which a client may come back to its session; 0: there are no sessions here. */
  readonly resumeMs: number;
  /** Whose session a connection's is. */
  readonly identityOf: (context: UpgradeContext) => unknown;
}
