import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { incompleteBody } from '../body/body-errors.js';
import type { BodyAwaiter } from '../body/server-request.js';
import { bodyCheckOf, HttpContext, setTraceId } from '../context/http-context.js';
import { SseContext } from '../context/sse-context.js';
import { HttpError } from '../errors/http-error.js';
import { NO_PARAMETERS } from '../routing/router.js';
import { awaitBody } from './await-body.js';
import { checkedBody, tapBody } from './checked-body.js';
import { checkRequestHead } from './check-request-head.js';
import type { Layer } from './endpoint.js';
import { endExchange } from './end-exchange.js';
import { STREAM_HEADERS } from './event-stream.js';
import { Exchange } from './exchange.js';
import { limitTime, restartTimer, startTimer } from './exchange-time.js';
import { answerHealth } from './health.js';
import { runLayers } from './onion.js';
import { preflightLayersOf } from './preflight.js';
import { markInvocation } from './invoke-marks.js';
import { platformCallOf } from './platform-calls.js';
import { respond } from './respond.js';
import { respondError } from './respond-error.js';
import { discardResult, isIterable, isThenable } from './result.js';
import type { Service } from './service.js';
import { answerUnmatched } from './unmatched.js';
import { waitToBegin } from './wait-to-begin.js';

const NO_LAYERS: readonly Layer[] = [];

/** The life of a request, on one page: match → middleware → read → validate → handle → respond → end. */
export function createRequestListener(service: Service): RequestListener {
  return (request, response) => {
    // 0. Health checks come before everything, so that nothing a user adds can make an instance look dead.
    if (answerHealth(service, request, response)) return;
    if (service.metrics?.answer(request, response, service.draining) === true) return;
    begin(service, request, response, takeNothing);
  };
}

/** A request whose client waits for `100 Continue`: the same life, and the word is said when the body is read. */
export function createContinueListener(service: Service): RequestListener {
  return (request, response) => {
    if (answerHealth(service, request, response)) return;
    begin(service, request, response, (exchange) => {
      exchange.expectsContinue = true;
    });
  };
}

/** A request that expects what nobody knows (RFC 9110, section 10.1.1). */
export function createExpectationListener(service: Service): RequestListener {
  return (request, response) => {
    if (answerHealth(service, request, response)) return;
    begin(service, request, response, (exchange) => {
      exchange.refusal ??= new HttpError(417, 'the only expectation that is met is 100-continue');
    });
  };
}

function begin(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  expect: (exchange: Exchange) => void,
  waited = false,
): void {
  if (request.socket.destroyed) return; // the client did not wait for its turn
  if (!waited && waitToBegin(service, request, response, (done) => begin(service, request, response, expect, done)))
    return;
  // 1. Match: the route decides what follows.
  const exchange = match(service, request, response);
  expect(exchange);
  // A short body first, where nobody else is to be asked before it.
  if (!awaitBody(exchange, WHOLE_BODY)) proceed(exchange);
}

const WHOLE_BODY: BodyAwaiter<Exchange> = {
  came: proceed,
  broke: (exchange, error) => fail(exchange, incompleteBody(error)),
};

function proceed(exchange: Exchange): void {
  const { service } = exchange;
  // 2. Middleware, and within it read, validate and handle. A promise only where one of them waits.
  if (service.tracing === undefined) enter(exchange);
  else {
    setTraceId(exchange.context, exchange.traceId);
    service.tracing.within(exchange, enter, exchange);
  }
}

function enter(exchange: Exchange): void {
  const { currentContext } = exchange.service;
  if (currentContext === undefined) run(exchange);
  else currentContext.run(exchange.context, run, exchange);
}

function takeNothing(): void {} // the usual request expects nothing

function match(service: Service, request: IncomingMessage, response: ServerResponse): Exchange {
  let found: ReturnType<Service['requests']['match']>;
  let call: ReturnType<typeof platformCallOf>;
  let refusal: unknown;
  let announcesBody = true;
  try {
    announcesBody = checkRequestHead(request, service.settings);
    if (service.platformCalls !== undefined) call = platformCallOf(service.platformCalls, request);
    // `OPTIONS *` is about the server as a whole.
    if (call === undefined && request.url !== '*') found = find(service, request.method ?? 'GET', request.url ?? '/');
  } catch (error) {
    refusal = error;
  }
  const endpoint = found?.endpoint;
  const Context = endpoint?.route.protocol === 'sse' ? SseContext : HttpContext;
  const context = new Context(request, found?.params ?? NO_PARAMETERS, service.contexts);
  const exchange = new Exchange(service, request, response, context);
  exchange.endpoint = endpoint;
  exchange.target = endpoint;
  exchange.platformCall = call;
  exchange.refusal = refusal;
  exchange.announcesBody = announcesBody;
  limitTime(exchange);
  service.received += 1;
  service.inFlight.add(exchange);
  // One listener for every end: answered, or the client left.
  response.on('close', () => endExchange(exchange));
  if (service.settings.invokeMarks) markInvocation(exchange, response);
  service.observer?.requestBegan?.(exchange);
  return exchange;
}

/** The application's own routes come first, then the functions'. */
function find(service: Service, method: string, url: string): ReturnType<Service['requests']['match']> {
  const found = service.requests.match(method, url);
  if (found !== undefined || service.functions === undefined) return found;
  return service.functions.matchRequest(method, url);
}

function run(exchange: Exchange): void {
  try {
    if (exchange.refusal !== undefined) throw exchange.refusal;
    const { endpoint, service, context } = exchange;
    if (endpoint?.perRequest === true) exchange.scope = service.injector.openScope(context);
    // The platform's own calls are no requests: what guards those would refuse these.
    const call = exchange.platformCall;
    const preflight = exchange.request.method === 'OPTIONS' ? preflightLayersOf(exchange) : undefined;
    const layers: readonly Layer[] = call === undefined ? (preflight ?? endpoint?.layers ?? service.layers) : NO_LAYERS;
    // A preflight never comes to a handler: the guards beside those layers did not see it.
    const isUnmatched = endpoint === undefined || preflight !== undefined;
    const core = call?.answer ?? (isUnmatched ? answerUnmatched : readAndHandle);
    const result = layers.length === 0 ? core(exchange) : runLayers(layers, exchange, core);
    if (isThenable(result)) void settle(exchange, result);
    else finish(exchange, result);
  } catch (error) {
    fail(exchange, error);
  }
}

// 3. Read and validate the event; 4. handle it.
function readAndHandle(exchange: Exchange): unknown {
  const { endpoint } = exchange;
  if (endpoint === undefined) return undefined;
  const check = bodyCheckOf(exchange.context);
  if (check === undefined) return endpoint.readEvent(exchange, handle);
  tapBody(exchange.request, check);
  const event = endpoint.readEvent(exchange, (_exchange, read) => read);
  if (!(event instanceof Promise)) return handle(exchange, event);
  return checkedBody(exchange.request, check, event).then((read: unknown) => handle(exchange, read));
}

function handle(exchange: Exchange, event: unknown): unknown {
  const { endpoint } = exchange;
  if (endpoint === undefined || exchange.answered) return undefined; // the time was up
  if (event instanceof HttpError) {
    // Middleware hears of it as of any failure; where there is none, nobody has to catch it.
    if (endpoint.layers.length > 0) throw event;
    return event;
  }
  if (exchange.reading) restartTimer(exchange);
  if (exchange.service.observer !== undefined) exchange.calledAt = performance.now();
  return endpoint.call(event, exchange.context, exchange.scope);
}

async function settle(exchange: Exchange, pending: PromiseLike<unknown>): Promise<void> {
  startTimer(exchange, timeUp);
  try {
    finish(exchange, await pending);
  } catch (error) {
    fail(exchange, error);
  }
}

// 5. Respond: events where the route is a stream, else the result as a body.
function finish(exchange: Exchange, result: unknown): void {
  if (exchange.calledAt > 0) exchange.doneAt = performance.now();
  // As good as thrown, and cheaper: to throw costs more than to validate.
  if (result instanceof HttpError && exchange.form === undefined) {
    fail(exchange, result);
    return;
  }
  try {
    const writing =
      exchange.endpoint?.route.protocol === 'sse' ? streamEvents(exchange, result) : respondOnce(exchange, result);
    if (writing === undefined) return;
    startTimer(exchange, timeUp); // a source that never gives its first bytes
    writing.catch((error: unknown) => fail(exchange, error));
  } catch (error) {
    fail(exchange, error);
  }
}

function respondOnce(exchange: Exchange, result: unknown): undefined | Promise<void> {
  if (exchange.stream === undefined || result instanceof HttpError) {
    const { form } = exchange;
    return respond(exchange, form === undefined ? result : form.toResult(result, exchange));
  }
  discardResult(result);
  exchange.stream.open(); // the handler writes it by hand and has returned: it stays open until end()
  return undefined;
}

function streamEvents(exchange: Exchange, result: unknown): undefined | Promise<void> {
  if (!isIterable(result)) return respondOnce(exchange, result);
  if (!exchange.open) return respond(exchange, result);
  if (exchange.request.method === 'HEAD') {
    discardResult(result);
    return respond(exchange, { statusCode: 200, headers: Object.fromEntries(STREAM_HEADERS) });
  }
  return exchange.openSse().pump(result);
}

function fail(exchange: Exchange, error: unknown): void {
  if (exchange.calledAt > 0 && exchange.doneAt === 0) exchange.doneAt = performance.now();
  if (exchange.stream?.opened === true && !exchange.stream.closed) exchange.stream.fail(error);
  else respondError(exchange, error);
}

function timeUp(exchange: Exchange): void {
  if (!exchange.open) return; // answered, or a stream that is under way
  if (exchange.reading && !exchange.request.complete) {
    exchange.service.handlerTimes.again(exchange);
    return;
  }
  const problem = 'no answer within the time that the handler has';
  // The answer first: a handler that gives up on the signal would otherwise be quicker with an answer of its own.
  fail(exchange, HttpError.of('HANDLER_TIMEOUT', problem));
  exchange.abandon(new DOMException(problem, 'TimeoutError'));
}
