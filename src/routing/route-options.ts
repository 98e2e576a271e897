import type { Middleware } from '../context/middleware.js';
import type { UpgradeContext } from '../context/upgrade-context.js';

/** A class, whatever its constructor takes: the container fills it. */
export type Class<Instance extends object = object> = new (...dependencies: never[]) => Instance;

/** The methods a route may name. */
export const ROUTE_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
export type RouteMethod = (typeof ROUTE_METHODS)[number];

/** What the documentation shows of a route. */
export interface Documented {
  /** One line. */
  summary?: string;
  /** Markdown. */
  description?: string;
  tags?: readonly string[];
  deprecated?: boolean;
  /** Left out of the documentation. */
  hidden?: boolean;
}

/** What every route that answers a request may say. */
export interface RequestOptions extends Documented {
  /** Middleware of this route alone, outermost first. */
  use?: readonly Middleware[];
  /** Milliseconds the handler has; 0: no limit. Default: option `handlerTimeoutMs`. */
  timeoutMs?: number;
  /** Bytes of body read at most. Default: option `maxBodyBytes`. */
  maxBodyBytes?: number;
  /** class-validator and class-transformer groups that apply to the event. */
  groups?: readonly string[];
  /** `false`: its requests write no access records. */
  accessLog?: boolean;
}

/** Options of `@Http`. */
export interface HttpOptions extends RequestOptions {
  /** The status of a successful answer. Default 200, or 204 where there is no body. */
  status?: number;
  /** The class of the result, for documentation and fast output. */
  response?: Class;
}

/** Options of `@Sse`. */
export interface SseRouteOptions extends RequestOptions {
  /** Default `GET`; `POST` suits a prompt in the body. */
  method?: 'GET' | 'POST';
  /** Milliseconds of silence before a heartbeat comment; 0: none. Default: option `sseHeartbeatMs`. */
  heartbeatMs?: number;
  /** Milliseconds a client waits before it reconnects, sent when the stream opens. */
  retryMs?: number;
  /** The class of the events' data, for documentation. */
  data?: Class;
}

/** What a WebSocket handler is called for. */
export type WebSocketMoment = 'upgrade' | 'open' | 'message' | 'close' | 'error';

/** Options of `@WebSocket`. What concerns the connection (from `protocols` on) may stand at any one handler of a path. */
export interface WebSocketOptions extends Documented {
  /** Default `message`. */
  on?: WebSocketMoment;
  /** Only messages whose `type` field has this value. */
  type?: string;
  /** Middleware of this route, run around its upgrade. */
  use?: readonly Middleware[];
  groups?: readonly string[];
  /** Milliseconds that the handler has; 0: no limit. Default: option `handlerTimeoutMs`. */
  timeoutMs?: number;
  /** Subprotocols spoken here, best first. A client that offers none of them gets a connection without one. */
  protocols?: readonly string[];
  /** Bytes of a message at most; a larger one closes the connection with 1009. Default: option `maxMessageBytes`. */
  maxMessageBytes?: number;
  /**
   * Milliseconds between pings; 0: none. Default: option `wsHeartbeatMs`. As that, never more than half of option
   * `wsIdleTimeoutMs` where that is set: the platform would cut a healthy connection.
   */
  heartbeatMs?: number;
  /** permessage-deflate (RFC 7692). Default `false`: it costs about 60 KB a connection. */
  compress?: boolean;
  /** Origins beside the server's own from which a browser may connect with cookies. Default: option `origins`. */
  origins?: readonly string[];
  /** `false`: its connections write no access records. */
  accessLog?: boolean;
  /** Clients of `yunction/client` may go on after an interruption, on any instance, without losing a message. */
  resume?: boolean | ResumeOptions;
}

export interface ResumeOptions {
  /** Milliseconds in which the client may come back. Default: option `resumeMs`. */
  withinMs?: number;
  /**
   * Whose session it is, as JSON: another identity cannot go on with it, even if it knows the session's id. Default:
   * `context.state.identity`.
   */
  identity?: (context: UpgradeContext) => unknown;
}

/** Options of `@Controller`. */
export interface ControllerOptions {
  /** Tags of all its routes in the documentation. */
  tags?: readonly string[];
  /** Middleware of all its routes, outermost first. */
  use?: readonly Middleware[];
}
