import type { HttpContext } from '../context/http-context.js';
import { WebSocketContext } from '../context/web-socket-context.js';
import type { WebSocketConnection } from '../context/web-socket-connection.js';
import { HttpError } from '../errors/http-error.js';
import type { WebSocketRoute } from '../routing/route.js';
import type { MessageHandler, UpgradeHandlerEndpoint, WebSocketEndpoint } from '../server/endpoint.js';
import type { FunctionHost } from '../server/function-table.js';
import type { IntegrationResponse } from '../server/result.js';
import type { PlainFunction } from './function-exports.js';
import { EarlyMessages } from './early-messages.js';
import { PLAIN_ANSWER } from './plain-answer.js';
import { PlainContext } from './plain-context.js';
import type { PlainParts } from './plain-endpoint.js';

/** What `handleUpgrade` decides. */
interface UpgradeVerdict {
  allowWebSocket?: unknown;
  statusCode?: number;
  body?: string;
  contentType?: string;
}

/**
 * The WebSockets of a plain function: `handleUpgrade` decides, then `main(null, context)` is called with `context.ws`,
 * whose events bring the messages. Middleware, limits, heartbeats and the end are those of every WebSocket.
 */
export function plainSocketEndpoint(parts: PlainParts, host: FunctionHost): WebSocketEndpoint {
  const { name, file, main, layers, perRequest, defaults } = parts;
  const early = new EarlyMessages(host.settings.maxQueuedMessages);
  return {
    path: '*',
    name,
    file,
    layers,
    perRequest,
    upgrade: upgradeOf(parts),
    open: openOf(parts, early),
    timeoutMs: defaults.handlerTimeoutMs,
    typed: new Map(),
    json: undefined,
    text: messageHandler(main, name, 'text', early),
    binary: messageHandler(main, name, 'binary', early),
    close: undefined,
    error: undefined,
    protocols: 'first offered',
    maxMessageBytes: defaults.maxMessageBytes,
    heartbeatMs: defaults.wsHeartbeatMs,
    compress: false,
    origins: defaults.origins,
    resumeMs: 0,
    identityOf: () => undefined,
    quiet: false,
    form: PLAIN_ANSWER,
  };
}

function upgradeOf({ name, file, main, defaults, extendedContextKey }: PlainParts): UpgradeHandlerEndpoint {
  return {
    route: routeOf(name, file, 'upgrade'),
    name: `${name}.handleUpgrade`,
    timeoutMs: defaults.handlerTimeoutMs,
    readEvent: () => undefined,
    call: async (_event, context) => {
      const verdict = await main.handleUpgrade?.(new PlainContext(context, urlOf(context), extendedContextKey));
      if (typeof verdict !== 'object' || verdict === null) {
        throw new TypeError(`${name}: handleUpgrade returned no object: give { allowWebSocket: true } or false`);
      }
      return answerOf(verdict);
    },
  };
}

/** Accepted, or the refusal that goes out in place of 101. */
function answerOf({ allowWebSocket, statusCode, body, contentType }: UpgradeVerdict): true | IntegrationResponse {
  const allowed = Boolean(allowWebSocket);
  if (allowed) return true;
  return {
    statusCode: statusCode || 404,
    headers: { 'Content-Type': contentType ?? 'text/plain' },
    body: body || 'Not Found',
  };
}

/**
 * Calls `main` and does not wait for it: an async one may live as long as its connection. What it throws, at once or
 * later, closes the connection with 1011.
 */
function openOf({ name, file, main, extendedContextKey }: PlainParts, early: EarlyMessages): UpgradeHandlerEndpoint {
  return {
    route: routeOf(name, file, 'open'),
    name,
    timeoutMs: 0,
    readEvent: () => undefined,
    call: (_event, context) => {
      if (!(context instanceof WebSocketContext)) throw new Error('an open handler has the context of a WebSocket');
      const { ws } = context;
      const fail = (error: unknown) => closeFailed(context, ws, error);
      early.watch(ws);
      const settled = callMain(main, new PlainContext(context, urlOf(context), extendedContextKey, { ws }));
      settled.then(() => early.stop(ws), fail);
      return undefined;
    },
  };
}

/** Async, so that what `main` throws at once and what it rejects with go one way. */
async function callMain(main: PlainFunction, context: PlainContext): Promise<void> {
  await main(null, context);
}

function closeFailed(context: HttpContext, ws: WebSocketConnection, error: unknown): void {
  context.log.error(
    { err: error instanceof HttpError ? (error.cause ?? error) : error },
    'a WebSocket function failed',
  );
  if (!ws.closed) ws.close(1011, 'the function failed');
}

/** Takes what came before the function has listened. What comes later is told by the connection's own event. */
function messageHandler(
  _main: PlainFunction,
  name: string,
  takes: 'text' | 'binary',
  early: EarlyMessages,
): MessageHandler {
  return {
    route: routeOf(name, undefined, 'message'),
    name,
    call: (data, context) => {
      if (context instanceof WebSocketContext) early.take(context, data);
      return undefined;
    },
    timeoutMs: 0,
    takes,
    readMessage: (value) => value,
  };
}

/** A function has always had the path here, and the whole URL in its requests. */
function urlOf(context: HttpContext): string {
  const { url } = context.httpContext;
  return url.slice(url.indexOf('/', url.indexOf('://') + 3));
}

function routeOf(name: string, file: string | undefined, on: WebSocketRoute['on']): WebSocketRoute {
  const classes = { [name]: class {} };
  return {
    protocol: 'websocket',
    path: '*',
    parameters: ['*'],
    controller: classes[name] ?? Object,
    method: 'main',
    eventType: undefined,
    use: [],
    file,
    on,
    options: {},
  };
}
