import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';

import type { WebSocketEndpoint } from './endpoint.js';
import type { Exchange } from './exchange.js';

/** How long a client has to answer a close frame before its connection is cut. */
const CLOSE_TIMEOUT_MS = 10_000;

/** One `ws` server for each path, as limits and compression are set on a server. Made at the first connection. */
const SERVERS = new WeakMap<WebSocketEndpoint, WebSocketServer>();

/**
 * Answers 101 and resolves to the connection. `undefined`: the client left, or `ws` found fault with the handshake and
 * has answered by itself.
 */
export async function completeHandshake(
  exchange: Exchange,
  endpoint: WebSocketEndpoint,
  socket: Duplex,
  head: Buffer,
): Promise<WebSocket | undefined> {
  const server = await serverOf(endpoint);
  const { request, response } = exchange;
  if (socket.destroyed) return undefined;
  response.detachSocket(socket as Parameters<typeof response.detachSocket>[0]);
  return new Promise((resolve) => {
    const leave = () => resolve(undefined);
    socket.once('close', leave);
    server.handleUpgrade(request, socket, head, (accepted) => {
      socket.off('close', leave);
      resolve(accepted);
    });
  });
}

async function serverOf(endpoint: WebSocketEndpoint): Promise<WebSocketServer> {
  // Lazily: an application without WebSockets, or before its first, does not load ws.
  const { WebSocketServer: Server } = await import('ws');
  let server = SERVERS.get(endpoint);
  if (server === undefined) {
    const { protocols } = endpoint;
    server = new Server({
      noServer: true,
      clientTracking: false,
      maxPayload: endpoint.maxMessageBytes,
      // Thresholds as ws recommends them; no context is kept between messages, which would cost 60 KB a connection.
      perMessageDeflate: endpoint.compress
        ? { threshold: 1024, serverNoContextTakeover: true, clientNoContextTakeover: true }
        : false,
      // The server's order of preference decides (RFC 6455, section 4.2.2); no common one: none.
      handleProtocols: (offered: Set<string>) => protocols.find((protocol) => offered.has(protocol)) ?? false,
      ...{ closeTimeout: CLOSE_TIMEOUT_MS },
    });
    SERVERS.set(endpoint, server);
  }
  return server;
}
