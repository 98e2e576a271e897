import type { Attributes, Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';

import { type Observed, type ObservedRequest, type ObservedSocket, type Observer, statusOf } from './observer.js';
import { plainError } from './plain-error.js';

/** The package, as it was loaded: nothing of it is loaded where nothing is traced. */
export type OpenTelemetry = typeof import('@opentelemetry/api');

/** A span, and the OpenTelemetry context in which what belongs to it runs. */
interface Trace {
  readonly span: Span;
  readonly context: Context;
}

/** What has a span while it lasts. */
export interface Traced {
  readonly trace: unknown;
}

/** A message while it is handled. */
export interface TracedMessage extends Traced {
  /** The code of the error that answered it. */
  errorCode: string | undefined;
}

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
]);

/**
 * Spans by OpenTelemetry's stable conventions for HTTP servers: one a request, which for an event stream lasts as long as
 * the stream; for a WebSocket one for its upgrade, one within for the connection, and a trace of its own for each
 * message, linked to the connection: a conversation of hours would be no readable trace.
 */
export class Tracing implements Observer {
  readonly #api: OpenTelemetry;
  readonly #tracer: Tracer;

  constructor(api: OpenTelemetry) {
    this.#api = api;
    this.#tracer = api.trace.getTracer('yunction');
  }

  /** Runs something so that spans made in it belong to the span of a request, connection or message. */
  within<Argument, Result>(traced: Traced, work: (argument: Argument) => Result, argument: Argument): Result {
    const trace = traceOf(traced);
    if (trace === undefined) return work(argument);
    return this.#api.context.with(trace.context, work, undefined, argument);
  }

  requestBegan(request: ObservedRequest): void {
    const { context, propagation, trace, SpanKind } = this.#api;
    const active = context.active();
    // An instrumentation of node:http has made the server's span already, and read what the client sent.
    const instrumented = trace.getSpan(active) !== undefined;
    const parent = instrumented ? active : propagation.extract(active, request.context.headers);
    const kind = instrumented ? SpanKind.INTERNAL : SpanKind.SERVER;
    this.#begin(request, spanName(request), { kind, attributes: attributesOf(request) }, parent);
  }

  requestEnded(request: ObservedRequest): void {
    const trace = traceOf(request);
    if (trace === undefined) return;
    const { span } = trace;
    const status = statusOf(request);
    const { stream, errorCode } = request;
    if (request.response.headersSent) span.setAttribute('http.response.status_code', status);
    if (stream?.opened === true) span.setAttribute('yunction.sse.messages', stream.messages);
    // A client's mistake is none of the server's: its span is no error (semantic conventions, HTTP spans, status).
    const failed = status >= 500 || (stream?.opened === true && errorCode !== undefined);
    const left = stream?.opened !== true && !request.delivered;
    if (failed) this.#fail(span, errorCode ?? String(status));
    else if (left) span.setAttribute('error.type', 'client_closed_request');
    span.end();
  }

  streamOpened(request: ObservedRequest): void {
    traceOf(request)?.span.addEvent('sse opened');
  }

  socketOpened(socket: ObservedSocket): void {
    const upgrade = traceOf(socket);
    if (upgrade === undefined) return;
    upgrade.span.setAttribute('http.response.status_code', 101);
    upgrade.span.end();
    const attributes = { 'http.route': socket.pattern ?? '', 'yunction.request_id': socket.context.requestId };
    const options = { kind: this.#api.SpanKind.INTERNAL, attributes };
    this.#begin(socket, `websocket ${socket.pattern ?? ''}`, options, upgrade.context);
  }

  socketClosed(socket: ObservedSocket, closeCode: number): void {
    const span = traceOf(socket)?.span;
    span?.setAttributes({
      'yunction.websocket.close_code': closeCode,
      'yunction.websocket.messages_in': socket.messagesIn,
      'yunction.websocket.messages_out': socket.messagesOut,
    });
    span?.end();
  }

  messageBegan(socket: ObservedSocket, bytes: number): TracedMessage {
    const { trace, ROOT_CONTEXT, SpanKind } = this.#api;
    const connection = traceOf(socket)?.span.spanContext();
    const attributes = {
      'http.route': socket.pattern ?? '',
      'messaging.message.body.size': bytes,
      'yunction.request_id': socket.context.requestId,
    };
    const links = connection === undefined ? [] : [{ context: connection }];
    const options = { kind: SpanKind.SERVER, attributes, links };
    const span = this.#tracer.startSpan(`message ${socket.pattern ?? ''}`, options, ROOT_CONTEXT);
    return { trace: { span, context: trace.setSpan(ROOT_CONTEXT, span) }, errorCode: undefined };
  }

  messageEnded(message: TracedMessage): void {
    const span = traceOf(message)?.span;
    if (span === undefined) return;
    if (message.errorCode !== undefined) this.#fail(span, message.errorCode);
    span.end();
  }

  /** Notes what was thrown, without its secrets. */
  failed(traced: Traced, thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { type, message, stack } = plainError(error);
    traceOf(traced)?.span.recordException({ name: String(type), message: String(message), stack: String(stack) });
  }

  #begin(observed: Observed, name: string, options: SpanOptions, parent: Context): void {
    const span = this.#tracer.startSpan(name, options, parent);
    const trace: Trace = { span, context: this.#api.trace.setSpan(parent, span) };
    observed.trace = trace;
    const spanContext = span.spanContext();
    if (this.#api.isSpanContextValid(spanContext)) observed.traceId = spanContext.traceId;
  }

  #fail(span: Span, type: string): void {
    span.setAttribute('error.type', type);
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
  }
}

/** Only this file writes what it reads here. */
function traceOf({ trace }: Traced): Trace | undefined {
  return trace as Trace | undefined;
}

/** `GET /orders/:id`; a path that no route has would make names without end. */
function spanName({ context, pattern }: ObservedRequest): string {
  const method = METHODS.has(context.method) ? context.method : 'HTTP';
  return pattern === undefined ? method : `${method} ${pattern}`;
}

/** Known when a request begins, as samplers decide by them. The query is left out: it holds secrets. */
function attributesOf({ context, name, pattern, request }: ObservedRequest): Attributes {
  const { method, headers } = context;
  const [, scheme = 'http', host = '', port] =
    /^(\w+):\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/.exec(context.httpContext.url) ?? [];
  const attributes: Attributes = {
    'http.request.method': METHODS.has(method) ? method : '_OTHER',
    'url.path': context.path,
    'url.scheme': scheme,
    'server.address': host,
    'client.address': context.ip,
    'network.protocol.version': request.httpVersion,
    'yunction.request_id': context.requestId,
  };
  if (!METHODS.has(method)) attributes['http.request.method_original'] = method;
  if (port !== undefined) attributes['server.port'] = Number(port);
  if (pattern !== undefined) attributes['http.route'] = pattern;
  if (name !== undefined) attributes['code.function.name'] = name;
  if (headers['user-agent'] !== undefined) attributes['user_agent.original'] = headers['user-agent'];
  return attributes;
}
