// Longer than 250 lines because what the server may do with a context, and handlers may not, needs its private fields.
import { parseCookie } from 'cookie';
import { parse as parseQuery } from 'fast-querystring';
import type { IncomingHttpHeaders } from 'node:http';

import type { Store } from '../channels/store.js';
import type { Logger } from '../telemetry/log.js';
import type { BodyCheck } from './body-check.js';
import { clientAddress, clientHost, clientProtocol, type ProxiedRequest, requestUrl } from './client-address.js';
import { parseExtendedContext } from './extended-context.js';
import { type ClaimType, type ClaimValue, readClaim } from './read-claim.js';
import { requestIdOf } from './request-id.js';
import { ResponseHead } from './response-head.js';
import type { SseOptions, SseStream } from './sse-stream.js';
import type { TrustedHops } from './trusted-proxies.js';

/** The methods of `httpContext.httpMethod`, as the platform's typings have them. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'TRACE' | 'OPTIONS';

/** What a context is about; the platform's own three words. */
export type EventType = 'http' | 'websocket.upgrade' | 'websocket.connection';

/**
 * What middleware leaves for handlers, `context.state`. Give it types by declaration merging:
 * @example
 * declare module 'yunction' { interface ContextState { user?: User } }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- users add members to it by declaration merging
export interface ContextState {}

/** What contexts of one application share. */
export interface ContextSettings {
  readonly log: Logger;
  /** Headers that may carry the request's id, in order of trust; lower case. */
  readonly requestIdHeaders: readonly string[];
  /** Whether `X-Forwarded-*` is believed. */
  readonly trustProxy: boolean;
  /** How many proxies are believed, where that is not simply one. */
  readonly trustedHops?: TrustedHops | undefined;
  /** The header with the platform's extended context, lower case; empty: none is believed. */
  readonly extendedContextKey: string;
  /** The extended context of requests where no header is believed. */
  readonly extendedContext?: Record<string, unknown> | undefined;
  /** The application's store. Absent in tests of a handler alone. */
  readonly store?: Store | undefined;
  /** Headers whose claims are believed, lower case. `undefined`: all of them, as in a test. */
  readonly claimHeaders?: ReadonlySet<string> | undefined;
}

/** What stands behind a context and can open its event stream: the server's exchange, or a test's fake. */
export interface SseOpener {
  openSse(options: SseOptions | undefined): SseStream;
}

export type PathParameters = Readonly<Record<string, string>>;
export type QueryParameters = Readonly<Record<string, string | string[]>>;
export type Cookies = Readonly<Record<string, string | undefined>>;

// What the server does with a context and a handler must not: exported from this module, never from the package.
/** Aborts the context's signal. */
let abortContext: (context: HttpContext, reason: Error) => void;
/** The response head, if a handler or a middleware has touched it. */
let responseHeadOf: (context: HttpContext) => ResponseHead | undefined;
/** When the request arrived, in epoch milliseconds. */
let arrivalOf: (context: HttpContext) => number;
/** Sets the moment at which the request is cut, in epoch milliseconds. */
let setDeadline: (context: HttpContext, deadline: number) => void;
/** Says who opens the context's event stream. */
let setSseOpener: (context: HttpContext, opener: SseOpener) => void;
/** Calls back, once, when what the context is about has ended: the answer is written, or the connection closed. */
let onContextEnd: (context: HttpContext, callback: () => void) => void;
/** It has ended, however that came. */
let endContext: (context: HttpContext) => void;
/** What one context was about goes on as another's: that takes over its id, its state and who waits for its end. */
let succeedContext: (context: HttpContext, heir: HttpContext) => void;
/** Has the bytes of the body checked when the handler's event is read. One check a request. */
let setBodyCheck: (context: HttpContext, check: BodyCheck) => void;
let bodyCheckOf: (context: HttpContext) => BodyCheck | undefined;
/** The application's store. */
let storeOf: (context: HttpContext) => Store | undefined;
/** Says which trace the request belongs to. */
let setTraceId: (context: HttpContext, traceId: string | undefined) => void;
export {
  abortContext,
  arrivalOf,
  bodyCheckOf,
  endContext,
  onContextEnd,
  responseHeadOf,
  setBodyCheck,
  setDeadline,
  setSseOpener,
  setTraceId,
  storeOf,
  succeedContext,
};

/**
 * Everything around an event: ids, headers, parameters, signal, log, response. A handler's second argument.
 * Nothing in it is computed before it is asked for.
 */
export class HttpContext<State extends object = ContextState> {
  /** The values of the path's parameters, decoded once. */
  readonly params: PathParameters;
  readonly #request: ProxiedRequest;
  readonly #settings: ContextSettings;
  #requestId: string | undefined;
  #timestamp: number;
  #query: QueryParameters | undefined;
  #cookies: Cookies | undefined;
  #state: State | undefined;
  #log: Logger | undefined;
  #response: ResponseHead | undefined;
  /** Once the signal was asked for, its controller; until then what it was aborted for. */
  #abort: AbortController | Error | undefined;
  /** `undefined` for none: a number that may be a fraction takes an object of its own in each instance. */
  #deadline: number | undefined;
  #sseOpener: SseOpener | undefined;
  #endCallbacks: (() => void)[] | undefined;
  /** The context that it goes on as, once it does. */
  #ended: boolean | HttpContext = false;
  #bodyCheck: BodyCheck | undefined;
  #traceId: string | undefined;

  static {
    abortContext = (context, reason) => {
      if (context.#abort instanceof AbortController) context.#abort.abort(reason);
      else context.#abort ??= reason;
    };
    responseHeadOf = (context) => context.#response;
    arrivalOf = (context) => context.#timestamp;
    setDeadline = (context, deadline) => {
      context.#deadline = deadline === Number.POSITIVE_INFINITY ? undefined : deadline;
    };
    setSseOpener = (context, opener) => {
      context.#sseOpener = opener;
    };
    onContextEnd = (context, callback) => {
      if (context.#ended === true) callback();
      else if (context.#ended !== false) onContextEnd(context.#ended, callback);
      else (context.#endCallbacks ??= []).push(callback);
    };
    endContext = (context) => {
      const callbacks = context.#endCallbacks;
      context.#endCallbacks = undefined;
      context.#ended = true;
      for (const callback of callbacks ?? []) callback();
    };
    succeedContext = (context, heir) => {
      heir.#requestId = context.#requestId;
      heir.#state = context.#state;
      heir.#endCallbacks = context.#endCallbacks;
      context.#endCallbacks = undefined;
      heir.#abort ??= context.#abort;
      context.#ended = heir;
    };
    setBodyCheck = (context, check) => {
      context.#bodyCheck = check;
    };
    bodyCheckOf = (context) => context.#bodyCheck;
    storeOf = (context) => context.#settings.store;
    setTraceId = (context, traceId) => {
      context.#traceId = traceId;
    };
  }

  /** Made by the server; in tests by `fakeHttpContext` of `yunction/testing`. */
  constructor(request: ProxiedRequest, params: PathParameters, settings: ContextSettings) {
    this.params = params;
    this.#request = request;
    this.#settings = settings;
    this.#timestamp = Date.now();
  }

  /** The id that ties the request, its log lines and its error body together: the platform's own where it sends one. */
  get requestId(): string {
    if (this.#requestId !== undefined) return this.#requestId;
    const { requestIdHeaders } = this.#settings;
    return (this.#requestId = this.#heir?.requestId ?? requestIdOf(this.#request.headers, requestIdHeaders));
  }

  /** The platform's word for `requestId`. */
  get eventID(): string {
    return this.requestId;
  }

  /** The id of what this context is about: one for all messages of a WebSocket connection. */
  get ctxId(): string {
    return this.requestId;
  }

  get eventType(): EventType {
    return 'http';
  }

  /** When the request arrived: ISO 8601. */
  get timestamp(): string {
    return new Date(this.#timestamp).toISOString();
  }

  /** The request as the platform's own functions see it. `url` is the full URL. */
  get httpContext(): { url: string; httpMethod: HttpMethod; headers: IncomingHttpHeaders } {
    const { method = 'GET', headers } = this.#request;
    // Node's parser lets no other methods than those of its list through, and the router none but these.
    return { url: requestUrl(this.#request, this.#hops), httpMethod: method as HttpMethod, headers };
  }

  /** The request's method. */
  get method(): string {
    return this.#request.method ?? 'GET';
  }

  /** The path as it was sent, without the query. */
  get path(): string {
    const url = this.#request.url ?? '/';
    const end = url.indexOf('?');
    return end === -1 ? url : url.slice(0, end);
  }

  /** The request's headers; names in lower case. */
  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  /** What the platform's gateway tells of the caller. `undefined` unless the option `extendedContextKey` is set. */
  get extendedContext(): Record<string, unknown> | undefined {
    const { extendedContextKey, extendedContext } = this.#settings;
    return extendedContextKey === ''
      ? extendedContext
      : parseExtendedContext(this.#request.headers[extendedContextKey]);
  }

  /**
   * A claim of the caller's token that the gateway has checked and forwards in this header (Function Compute: JWT
   * authentication, `claimPassBy`). `undefined`: there is none, or it is not of this type.
   * @throws Error for a header that the option `claimHeaders` does not name: a client could send it too.
   * @example
   * const level = context.claim('x-jwt-level', 'number');
   */
  claim<Type extends ClaimType = 'string'>(header: string, type?: Type): ClaimValue<Type> | undefined {
    const name = header.toLowerCase();
    if (this.#settings.claimHeaders?.has(name) === false) {
      throw new Error(
        `context.claim('${header}'): name the header in the option claimHeaders if the gateway writes it`,
      );
    }
    // readClaim gives a value of the type that it is asked for.
    return readClaim(this.#request.headers[name], type ?? 'string') as ClaimValue<Type> | undefined;
  }

  /** The query's parameters: text, or an array where a key is repeated. */
  get query(): QueryParameters {
    if (this.#query !== undefined) return this.#query;
    const url = this.#request.url ?? '/';
    const start = url.indexOf('?');
    return (this.#query = parseQuery(start === -1 ? '' : url.slice(start + 1)) as QueryParameters);
  }

  /** The request's cookies, decoded. */
  get cookies(): Cookies {
    return (this.#cookies ??= parseCookie(this.#request.headers.cookie ?? ''));
  }

  /** The client's address; behind a proxy that is trusted (option `trustProxy`) as the proxy gives it. */
  get ip(): string {
    return clientAddress(this.#request, this.#hops);
  }

  /** What the client speaks: `https` only where a proxy that is trusted says so. */
  get protocol(): 'http' | 'https' {
    return clientProtocol(this.#request, this.#hops);
  }

  /** The host, with its port, that the client asked for; behind a proxy that is trusted as the proxy gives it. */
  get host(): string | undefined {
    return clientHost(this.#request, this.#hops);
  }

  get #heir(): HttpContext | undefined {
    return typeof this.#ended === 'object' ? this.#ended : undefined;
  }

  get #hops(): number | boolean {
    const { trustedHops, trustProxy } = this.#settings;
    return trustedHops === undefined ? trustProxy : trustedHops(this.#request);
  }

  /** Aborted when the client leaves, the time is up or the server goes down. Give it to whatever the handler waits for. */
  get signal(): AbortSignal {
    if (this.#heir !== undefined) return this.#heir.signal;
    if (this.#abort instanceof AbortController) return this.#abort.signal;
    const controller = new AbortController();
    if (this.#abort !== undefined) controller.abort(this.#abort);
    this.#abort = controller;
    return controller.signal;
  }

  /** When the request is cut, in milliseconds since the epoch; `Infinity` where nothing cuts it. */
  get deadline(): number {
    return this.#deadline ?? Number.POSITIVE_INFINITY;
  }

  /** Milliseconds left until the deadline; never below 0. */
  remainingMs(): number {
    return Math.max(0, this.deadline - Date.now());
  }

  /** The log, each line with the request's id, and the trace's where there is one. */
  get log(): Logger {
    if (this.#log !== undefined) return this.#log;
    const ids = this.#traceId === undefined ? {} : { traceId: this.#traceId };
    return (this.#log = this.#settings.log.child({ requestId: this.requestId, ...ids }));
  }

  /** What middleware leaves for those within. On a WebSocket, what the upgrade left is there for every message. */
  get state(): State {
    // Empty at first whatever its type says: those who declare members that are not optional also fill them.
    return (this.#state ??= (this.#heir?.state ?? {}) as State);
  }

  /** Status, headers and cookies of the answer. */
  get response(): ResponseHead {
    return (this.#response ??= new ResponseHead());
  }

  /**
   * Turns the answer into an event stream that the handler writes by hand. The same stream at every call.
   * @throws Error where there is no answer to turn into one: in a WebSocket, or when the answer has begun.
   */
  sse(options?: SseOptions): SseStream {
    if (this.#sseOpener === undefined) throw new Error('context.sse() has no meaning here: no HTTP response is open');
    return this.#sseOpener.openSse(options);
  }
}
