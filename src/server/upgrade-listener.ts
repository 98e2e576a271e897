import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { setDeadline, setSseOpener, setTraceId, type SseOpener } from '../context/http-context.js';
import { UpgradeContext } from '../context/upgrade-context.js';
import { WebSocketContext } from '../context/web-socket-context.js';
import { HttpError } from '../errors/http-error.js';
import { checkHandshake, checkOrigin } from './check-handshake.js';
import { checkRequestHead } from './check-request-head.js';
import { endExchange } from './end-exchange.js';
import type { WebSocketEndpoint } from './endpoint.js';
import { Exchange } from './exchange.js';
import { isIgnoredUpgrade, restoreRequest } from './ignored-upgrade.js';
import { markInvocation } from './invoke-marks.js';
import { runLayers } from './onion.js';
import { createRequestListener } from './request-listener.js';
import { afterAnswers } from './pending-response.js';
import { respond } from './respond.js';
import { respondError } from './respond-error.js';
import { type IntegrationResponse, isIntegrationResponse, isWebResponse } from './result.js';
import type { Service } from './service.js';
import { SocketConnection } from './socket-connection.js';
import { RESUME_PROTOCOL } from './resume-protocol.js';
import { UpgradeRequest } from './upgrade-request.js';
import { watchResponse } from './watch-response.js';
import { withinTime } from './within-time.js';
import { completeHandshake } from './web-socket-servers.js';

/** What the chain around an upgrade resolves to where the connection is accepted. */
const ACCEPTED = Symbol('accepted');

/** How long a refused client has to take its answer and leave. */
const LINGER_MS = 1000;

/** An upgrade's answer is 101 or a refusal. */
const NO_SSE: SseOpener = {
  openSse() {
    throw new Error('context.sse() has no meaning here: the request asks for a WebSocket');
  },
};

const http = process.getBuiltinModule('node:http');

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The life of an upgrade: match → middleware → validate → `upgrade` handler → 101, or an ordinary HTTP error. */
export function createUpgradeListener(service: Service): UpgradeListener {
  const listener = createRequestListener(service);
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const response = responseOn(request, socket);
    // 1. Match: the same router rules, for WebSocket routes.
    let endpoint: WebSocketEndpoint | undefined;
    let params = {};
    let refusal: unknown;
    try {
      if (isIgnoredUpgrade(request)) {
        listener(restoreRequest(request, socket, head), response);
        return;
      }
      checkRequestHead(request, service.settings);
      const url = request.url ?? '/';
      const match = service.sockets.match('GET', url) ?? service.functions?.matchSocket(url);
      endpoint = match?.endpoint;
      params = match?.params ?? {};
      if (endpoint === undefined) throw HttpError.of('NOT_FOUND', 'no WebSocket route has this path');
      checkHandshake(request);
      const hops = service.contexts.trustedHops?.(request) ?? service.contexts.trustProxy;
      if (endpoint.origins !== undefined) checkOrigin(request, endpoint.origins, hops);
      if (service.draining) throw HttpError.of('UNAVAILABLE', 'the server is going down');
    } catch (error) {
      refusal = error;
    }
    const asked = new UpgradeRequest(request);
    const context = new UpgradeContext(asked, params, service.contexts);
    const exchange = new Exchange(service, request, response, context);
    setSseOpener(context, NO_SSE);
    exchange.target = endpoint;
    exchange.upgrade = true;
    exchange.refusal = refusal;
    limitTime(exchange);
    service.received += 1;
    service.inFlight.add(exchange);
    response.on('close', () => endExchange(exchange));
    if (service.settings.invokeMarks) markInvocation(exchange, socket);
    service.observer?.requestBegan?.(exchange);
    const go = () => void run(exchange, endpoint, { asked, context, socket, head });
    setTraceId(context, exchange.traceId);
    const enter = () => {
      if (service.currentContext === undefined) go();
      else service.currentContext.run(context, go);
    };
    if (service.tracing === undefined) enter();
    else service.tracing.within(exchange, enter, undefined);
  };
  return (request, socket, head) => {
    // An application that listens before it is ready, or a function that is loaded at its first request: the upgrade
    // begins when that is done, well or not.
    const begin = () => {
      const waiting = service.starting ?? service.functions?.waitFor(request.url ?? '/');
      if (waiting === undefined) onUpgrade(request, socket, head);
      else void afterWait(service, request, socket, () => onUpgrade(request, socket, head));
    };
    afterAnswers(socket, begin);
  };
}

async function afterWait(service: Service, request: IncomingMessage, socket: Duplex, begin: () => void): Promise<void> {
  socket.on('error', ignoreReset);
  await service.starting;
  await service.functions?.waitFor(request.url ?? '/');
  socket.off('error', ignoreReset);
  if (!socket.destroyed) begin();
}

/** Without a listener a reset would end the process; that the socket is destroyed is seen when the wait is over. */
function ignoreReset(): void {
  // see above
}

/** What an upgrade has beside its exchange. */
interface Upgrade {
  readonly asked: UpgradeRequest;
  readonly context: UpgradeContext;
  readonly socket: Duplex;
  readonly head: Buffer;
}

async function run(exchange: Exchange, endpoint: WebSocketEndpoint | undefined, upgrade: Upgrade): Promise<void> {
  const { service } = exchange;
  const { asked, context, socket, head } = upgrade;
  try {
    if (exchange.refusal !== undefined || endpoint === undefined) throw exchange.refusal;
    const resumable = endpoint.resumeMs > 0 && context.protocols.includes(RESUME_PROTOCOL);
    const connection = resumable
      ? await createResumable(service, endpoint, context)
      : new SocketConnection(service, endpoint);
    const connected = new WebSocketContext(asked, context.params, service.contexts, connection, context);
    setDeadline(connected, context.deadline);
    setTraceId(connected, exchange.traceId);
    if (endpoint.perRequest) {
      exchange.scope = service.injector.openScope(context);
      exchange.scope.add(connected);
    }
    // 2. Middleware, and within it the `upgrade` handler.
    const core = () => authorize(exchange, endpoint, context);
    const pending: unknown = endpoint.layers.length === 0 ? core() : runLayers(endpoint.layers, exchange, core);
    const result = pending instanceof Promise ? await withinTime<unknown>(pending, endpoint.timeoutMs) : pending;
    if (socket.destroyed || !exchange.open) return;
    if (result !== ACCEPTED) {
      await respond(exchange, result); // a middleware answered by itself
      return;
    }
    // The drain has told every connection already to come back: this one would not hear it.
    if (service.draining) throw HttpError.of('UNAVAILABLE', 'the server is going down');
    // 3. 101. From here on the connection is no request any more.
    const accepted = await completeHandshake(exchange, endpoint, socket, head);
    if (accepted === undefined) return;
    service.inFlight.delete(exchange);
    // Neither request nor response is kept: idle connections are many.
    asked.pack();
    connection.start(accepted, socket, connected, exchange);
  } catch (error) {
    respondError(exchange, error);
    if (error instanceof HttpError && error.code === 'HANDLER_TIMEOUT') exchange.abandon(error);
  }
}

/** Loaded when the first client asks for it: most applications have no such route. */
async function createResumable(
  service: Service,
  endpoint: WebSocketEndpoint,
  context: UpgradeContext,
): Promise<SocketConnection> {
  const { ResumableConnection } = await import('./resumable-connection.js');
  return new ResumableConnection(service, endpoint, context);
}

/** Runs the `upgrade` handler: `ACCEPTED`, or it throws or returns what refuses. */
async function authorize(exchange: Exchange, endpoint: WebSocketEndpoint, context: UpgradeContext): Promise<unknown> {
  const { upgrade } = endpoint;
  if (upgrade === undefined) return ACCEPTED;
  const event = await upgrade.readEvent(context);
  const answer = await upgrade.call(event, context, exchange.scope);
  if (answer === undefined || answer === true) return ACCEPTED;
  if (answer === false) throw HttpError.of('FORBIDDEN', 'the upgrade is refused');
  if (answer instanceof HttpError) throw answer;
  if (typeof answer !== 'object' || answer === null) {
    const kind = answer === null ? 'null' : `a ${typeof answer}`;
    throw new TypeError(`${upgrade.name} returned ${kind}: true accepts an upgrade, false refuses it`);
  }
  if (isIntegrationResponse(answer) || isWebResponse(answer)) return answer;
  return verdictOf(answer);
}

/** The platform's own form of an answer. */
interface UpgradeVerdict {
  allowWebSocket?: boolean;
  statusCode?: number;
  body?: string;
  contentType?: string;
}

function verdictOf({ allowWebSocket, statusCode, body, contentType }: UpgradeVerdict): unknown {
  if (allowWebSocket === true) return ACCEPTED;
  const headers = { 'Content-Type': contentType ?? 'text/plain; charset=utf-8' };
  const refusal: IntegrationResponse = { statusCode: statusCode ?? 403, headers, body: body ?? '' };
  return refusal;
}

/** A response on a socket whose parser is gone: refusals are then written as any other answer is. */
function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new http.ServerResponse(request);
  response.shouldKeepAlive = false;
  // The socket of an upgrade is node's own net.Socket (or TLS socket), typed as Duplex for those who make their own.
  response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  watchResponse(response, socket);
  response.once('finish', () => {
    response.detachSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    response.emit('close'); // node's own server does this for ordinary responses
    linger(socket);
  });
  return response;
}

/** Ends a connection, and cuts it where the client does not end its side: no time-out of node's watches it any more. */
function linger(socket: Duplex): void {
  socket.end();
  // What the client still sends is thrown away; left unread it would turn the end into a reset, and the answer be lost.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

function limitTime(exchange: Exchange): void {
  const { executionTimeoutMs, platform } = exchange.service.settings;
  const header = platform.executionTimeoutHeader;
  const limit = executionTimeoutMs || Number(header === undefined ? undefined : exchange.request.headers[header]);
  if (limit > 0) setDeadline(exchange.context, Date.now() + limit);
}
