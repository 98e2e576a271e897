import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { HttpContext, type PathParameters, setDeadline } from '../context/http-context.js';
import { SseContext } from '../context/sse-context.js';
import { HttpError } from '../errors/http-error.js';
import { writeAccessLine } from './access-line.js';
import { checkRequestHead } from './check-request-head.js';
import type { Layer } from './endpoint.js';
import { STREAM_HEADERS } from './event-stream.js';
import { Exchange } from './exchange.js';
import { answerHealth } from './health.js';
import { runLayers } from './onion.js';
import { respond } from './respond.js';
import { respondError } from './respond-error.js';
import { discardResult } from './result.js';
import type { Service } from './service.js';
import { answerUnmatched } from './unmatched.js';

const NO_PARAMETERS: PathParameters = Object.freeze(Object.create(null) as PathParameters);

class ClientLeft extends Error {
  override readonly name = 'AbortError';
}

/** The life of a request, on one page: match → middleware → read → validate → handle → respond. */
export function createRequestListener(service: Service): RequestListener {
  return (request, response) => {
    // 0. Health checks come before everything, so that nothing a user adds can make an instance look dead.
    if (answerHealth(service, request, response)) return;
    // 1. Match: the route decides what follows.
    const exchange = match(service, request, response);
    // 2. Middleware, and within it read, validate and handle. A promise only where one of them waits.
    if (service.currentContext === undefined) run(exchange);
    else service.currentContext.run(exchange.context, run, exchange);
  };
}

/** A request whose client waits for `100 Continue`: the same life, and the word is said when the body is read. */
export function createContinueListener(service: Service): RequestListener {
  return (request, response) => {
    const exchange = match(service, request, response);
    exchange.expectsContinue = true;
    if (service.currentContext === undefined) run(exchange);
    else service.currentContext.run(exchange.context, run, exchange);
  };
}

function match(service: Service, request: IncomingMessage, response: ServerResponse): Exchange {
  let found: ReturnType<Service['requests']['match']>;
  let refusal: unknown;
  try {
    checkRequestHead(request, service.settings);
    found = service.requests.match(request.method ?? 'GET', request.url ?? '/');
  } catch (error) {
    refusal = error;
  }
  const endpoint = found?.endpoint;
  const Context = endpoint?.route.protocol === 'sse' ? SseContext : HttpContext;
  const context = new Context(request, found?.params ?? NO_PARAMETERS, service.contexts);
  const exchange = new Exchange(service, request, response, context);
  exchange.endpoint = endpoint;
  exchange.name = endpoint?.name;
  exchange.refusal = refusal;
  limitTime(exchange);
  service.inFlight.add(exchange);
  // One listener for every end: answered, or the client left.
  response.once('close', () => end(exchange));
  return exchange;
}

function run(exchange: Exchange): void {
  try {
    if (exchange.refusal !== undefined) throw exchange.refusal;
    const { endpoint, service, context } = exchange;
    if (endpoint?.perRequest === true) exchange.scope = service.injector.openScope(context);
    const layers: readonly Layer[] = endpoint?.layers ?? service.layers;
    const core = endpoint === undefined ? answerUnmatched : readAndHandle;
    const result = layers.length === 0 ? core(exchange) : runLayers(layers, exchange, core);
    if (result instanceof Promise) void settle(exchange, result);
    else finish(exchange, result);
  } catch (error) {
    fail(exchange, error);
  }
}

// 3. Read and validate the event; 4. handle it.
function readAndHandle(exchange: Exchange): unknown {
  const { endpoint, context } = exchange;
  if (endpoint === undefined) return undefined;
  const event = endpoint.readEvent(exchange);
  if (event instanceof Promise) return event.then((read) => endpoint.call(read, context, exchange.scope));
  return endpoint.call(event, context, exchange.scope);
}

async function settle(exchange: Exchange, pending: Promise<unknown>): Promise<void> {
  const timer = startTimer(exchange);
  try {
    finish(exchange, await pending);
  } catch (error) {
    fail(exchange, error);
  } finally {
    clearTimeout(timer);
  }
}

// 5. Respond: events where the route is a stream, else the result as a body.
function finish(exchange: Exchange, result: unknown): void {
  try {
    const writing =
      exchange.endpoint?.route.protocol === 'sse' ? streamEvents(exchange, result) : respondOnce(exchange, result);
    writing?.catch((error: unknown) => fail(exchange, error));
  } catch (error) {
    fail(exchange, error);
  }
}

function respondOnce(exchange: Exchange, result: unknown): undefined | Promise<void> {
  if (exchange.stream === undefined || result instanceof HttpError) return respond(exchange, result);
  exchange.stream.open(); // the handler writes it by hand and has returned: it stays open until end()
  return undefined;
}

function streamEvents(exchange: Exchange, result: unknown): undefined | Promise<void> {
  const iterable =
    typeof result === 'object' && result !== null && !(result instanceof Uint8Array)
      ? Symbol.asyncIterator in result || Symbol.iterator in result
      : false;
  if (!iterable) return respondOnce(exchange, result);
  if (!exchange.open) return respond(exchange, result);
  if (exchange.request.method === 'HEAD') {
    discardResult(result);
    return respond(exchange, { statusCode: 200, headers: Object.fromEntries(STREAM_HEADERS) });
  }
  return exchange.openSse().pump(result as AsyncIterable<unknown>);
}

function fail(exchange: Exchange, error: unknown): void {
  if (exchange.stream?.opened === true && !exchange.stream.closed) exchange.stream.fail(error);
  else respondError(exchange, error);
}

/** The moment at which this request is cut: its handler's own limit, or the platform's. */
function limitTime(exchange: Exchange): void {
  const { endpoint, context, service, request } = exchange;
  const { executionTimeoutMs, platform } = service.settings;
  const header =
    platform.executionTimeoutHeader === undefined ? undefined : request.headers[platform.executionTimeoutHeader];
  const platformMs = executionTimeoutMs || Number(header) || Number.POSITIVE_INFINITY;
  // A stream may go on for as long as the platform lets it.
  const handlerMs = endpoint?.route.protocol === 'sse' ? 0 : (endpoint?.timeoutMs ?? 0);
  const limit = Math.min(platformMs, handlerMs || Number.POSITIVE_INFINITY);
  if (limit !== Number.POSITIVE_INFINITY) setDeadline(context, Date.now() + limit);
}

function startTimer(exchange: Exchange): NodeJS.Timeout | undefined {
  const timeoutMs = exchange.endpoint?.timeoutMs ?? 0;
  if (timeoutMs === 0) return undefined;
  return setTimeout(() => {
    // The answer first: a handler that gives up on the signal would otherwise be quicker with an answer of its own.
    fail(exchange, HttpError.of('HANDLER_TIMEOUT', `no answer within ${timeoutMs} ms`));
    exchange.abandon(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
  }, timeoutMs);
}

// 6. The end, however it came: the signal, the access line, what the request held.
function end(exchange: Exchange): void {
  const { service, response, context } = exchange;
  service.inFlight.delete(exchange);
  if (!response.writableFinished) exchange.abandon(new ClientLeft('the client has left'));
  if (service.settings.accessLog) writeAccessLine(exchange);
  exchange
    .release()
    .catch((error: unknown) => context.log.error({ err: error }, 'a request’s resources could not be released'));
}
