import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests of a connection wait for those before them. */
const WAITING = new WeakMap<Socket, number>();

/**
 * Lets a pipelined request wait until it is its turn: the answers must come in order, one connection should not have a
 * thousand handlers run at once (RFC 9112, section 9.3.2), and when the client leaves, node tells only the first of them.
 *
 * Past a number of them nothing more is read from the connection until half of them are answered. What has been read by
 * then is still parsed: a client can make this process hold one chunk full of small requests, and no more.
 */
export function waitTurn(request: IncomingMessage, response: ServerResponse, limit: number, begin: () => void): void {
  const { socket } = request;
  const waiting = (WAITING.get(socket) ?? 0) + 1;
  WAITING.set(socket, waiting);
  if (waiting >= limit) socket.pause();
  response.once('socket', () => {
    const left = (WAITING.get(socket) ?? 1) - 1;
    WAITING.set(socket, left);
    if (left * 2 <= limit && socket.isPaused() && !socket.destroyed) socket.resume();
    if (!socket.destroyed) begin();
  });
}
