import type { IncomingHttpHeaders } from 'node:http';

import type { Cookies, EventType, HttpContext, HttpMethod, QueryParameters } from '../context/http-context.js';
import type { ResponseHead } from '../context/response-head.js';
import type { SseOptions, SseStream } from '../context/sse-stream.js';
import type { WebSocketConnection } from '../context/web-socket-connection.js';
import type { Logger } from '../telemetry/log.js';

/** The request as a plain function sees it. */
export interface PlainHttpContext {
  readonly url: string;
  readonly httpMethod: HttpMethod;
  readonly headers: IncomingHttpHeaders;
}

/** What a plain function is given beside its own members: opens the event stream, or gives the connection. */
export interface PlainContextParts {
  readonly sse?: (options?: SseOptions) => SseStream | null;
  readonly ws?: WebSocketConnection;
}

/**
 * A plain function's second argument. The platform's own members are the object's own, so that it can be spread and
 * written as JSON as ever, and it is frozen; what Yunction adds is inherited, and computed when it is asked for.
 */
export class PlainContext {
  readonly ctxId: string;
  readonly eventID: string;
  readonly eventType: EventType;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly httpContext: PlainHttpContext;
  /** Makes the answer an event stream; `null` when it is too late for one. */
  declare readonly sse?: (options?: SseOptions) => SseStream | null;
  declare readonly ws?: WebSocketConnection;
  declare readonly extendedContext?: Record<string, unknown> | undefined;
  readonly #context: HttpContext;

  /**
   * @param url as it stands in `httpContext`: whole for a request, a path for a WebSocket, as it has always been.
   * @param hidden the header of the extended context, lower case: functions get its content and not the header.
   */
  constructor(context: HttpContext, url: string, hidden: string, { sse, ws }: PlainContextParts = {}) {
    this.#context = context;
    const { requestId, extendedContext } = context;
    this.ctxId = requestId;
    this.eventID = requestId;
    this.eventType = context.eventType;
    this.timestamp = context.timestamp;
    const headers = { ...context.headers };
    if (hidden !== '') delete headers[hidden];
    // Node's parser lets no other methods through than those of its list, which the platform's type shortens.
    this.httpContext = Object.freeze({
      url,
      httpMethod: context.method as HttpMethod,
      headers: Object.freeze(headers),
    });
    if (sse !== undefined) this.sse = sse;
    if (ws !== undefined) this.ws = ws;
    const extended =
      extendedContext !== undefined && Object.keys(extendedContext).length > 0 ? extendedContext : undefined;
    // A connection's context has always had the member, whatever is in it.
    if (extended !== undefined || ws !== undefined) this.extendedContext = deepFrozen(extended);
    Object.freeze(this);
  }

  get requestId(): string {
    return this.eventID;
  }

  /** The query's parameters: text, or an array where a key is repeated. */
  get query(): QueryParameters {
    return this.#context.query;
  }

  get cookies(): Cookies {
    return this.#context.cookies;
  }

  /** The client's address. */
  get ip(): string {
    return this.#context.ip;
  }

  /** Aborted when the client leaves, the time is up or the server goes down. */
  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** When the request is cut, in epoch milliseconds. */
  get deadline(): number {
    return this.#context.deadline;
  }

  remainingMs(): number {
    return this.#context.remainingMs();
  }

  /** The log, each line with the request's id. */
  get log(): Logger {
    return this.#context.log;
  }

  /** What middleware left. */
  get state(): object {
    return this.#context.state;
  }

  /** Status, headers and cookies of the answer. */
  get response(): ResponseHead {
    return this.#context.response;
  }
}

/** Frozen all through, as it may be the same for all requests. What comes from JSON has no circles. */
function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFrozen<unknown>(member);
  return Object.freeze(value);
}
