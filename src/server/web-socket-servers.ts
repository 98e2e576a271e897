import type { Duplex } from 'node:stream';
import type { ServerOptions, WebSocket, WebSocketServer } from 'ws';

import { responseHeadOf } from '../context/http-context.js';
import { HttpError } from '../errors/http-error.js';
import type { WebSocketEndpoint } from './endpoint.js';
import type { Exchange } from './exchange.js';
import { type OwnedWebSocket, ownedWebSocketClass } from './owned-web-socket.js';
import { RESUME_PROTOCOL } from './resume-protocol.js';
import { unwatchResponse, watchResponse } from './watch-response.js';

const http = process.getBuiltinModule('node:http');

/** How long a client has to answer a close frame before its connection is cut. */
const CLOSE_TIMEOUT_MS = 10_000;

/** One `ws` server for each path, as limits and compression are set on a server. Made at the first connection. */
const SERVERS = new WeakMap<WebSocketEndpoint, WebSocketServer>();

/** Made when ws is loaded. */
let SocketClass: typeof WebSocket | undefined;

/** Headers of the answer 101 that are the protocol's own, or that belong to a body. */
const OWN_HEADERS = /^(?:connection|upgrade|sec-websocket-.*|content-.*|transfer-encoding)$/i;

/**
 * Answers 101, with the headers and cookies of `context.response`, and resolves to the connection. `undefined`: the
 * client has left.
 *
 * @throws HttpError 400 where `ws` finds fault with the offered protocols or extensions.
 */
export async function completeHandshake(
  exchange: Exchange,
  endpoint: WebSocketEndpoint,
  socket: Duplex,
  head: Buffer,
): Promise<OwnedWebSocket | undefined> {
  const server = await serverOf(endpoint);
  const { request, response } = exchange;
  if (socket.destroyed) return undefined;
  let accepted: OwnedWebSocket | undefined;
  let fault: Error | undefined;
  const onFault = (error: Error) => {
    fault = error;
  };
  const onHeaders = (lines: string[]) => void lines.push(...headerLines(exchange));
  // `handleUpgrade` does all of this before it returns, so these listeners hear of this request alone.
  server.on('wsClientError', onFault).on('headers', onHeaders);
  const wire = socket as Parameters<typeof response.detachSocket>[0];
  response.detachSocket(wire);
  unwatchResponse(response, socket);
  try {
    server.handleUpgrade(request, socket, head, (connection) => {
      accepted = connection as OwnedWebSocket; // the server makes no others: see serverOf
    });
  } finally {
    server.off('wsClientError', onFault).off('headers', onHeaders);
    if (accepted === undefined) {
      // It is answered as an ordinary request after all.
      response.assignSocket(wire);
      watchResponse(response, socket);
    }
  }
  if (fault !== undefined) throw HttpError.of('BAD_REQUEST', fault.message);
  return accepted;
}

/** @throws TypeError for a header that cannot be written. */
function headerLines({ context }: Exchange): string[] {
  const lines: string[] = [];
  for (const [name, value] of responseHeadOf(context)?.headers ?? []) {
    if (OWN_HEADERS.test(name)) continue;
    http.validateHeaderName(name);
    for (const each of Array.isArray(value) ? value : [value]) {
      http.validateHeaderValue(name, each);
      lines.push(`${name}: ${each}`);
    }
  }
  return lines;
}

async function serverOf(endpoint: WebSocketEndpoint): Promise<WebSocketServer> {
  // Lazily: an application without WebSockets, or before its first, does not load ws.
  const { WebSocket, WebSocketServer: Server } = await import('ws');
  let server = SERVERS.get(endpoint);
  if (server === undefined) {
    const { protocols } = endpoint;
    // The types of ws do not know `closeTimeout` and `maxFragments` yet.
    const options: ServerOptions & { closeTimeout: number; maxFragments: number } = {
      noServer: true,
      WebSocket: (SocketClass ??= ownedWebSocketClass(WebSocket)),
      clientTracking: false,
      maxPayload: endpoint.maxMessageBytes,
      // Many tiny fragments cost far more memory than they hold (CVE-2026-48779). A message of fragments of 64 bytes may
      // have as many as it needs.
      maxFragments: Math.max(16_384, Math.ceil(endpoint.maxMessageBytes / 64)),
      closeTimeout: CLOSE_TIMEOUT_MS,
      // Thresholds as ws recommends them; no context is kept between messages, which would cost 60 KB a connection.
      perMessageDeflate: endpoint.compress
        ? { threshold: 1024, serverNoContextTakeover: true, clientNoContextTakeover: true }
        : false,
      // The server's order of preference decides (RFC 6455, section 4.2.2); no common one: none.
      handleProtocols: (offered) => {
        if (endpoint.resumeMs > 0 && offered.has(RESUME_PROTOCOL)) return RESUME_PROTOCOL;
        if (protocols === 'first offered') return [...offered][0] ?? false;
        return protocols.find((protocol) => offered.has(protocol)) ?? false;
      },
    };
    server = new Server(options);
    SERVERS.set(endpoint, server);
  }
  return server;
}
