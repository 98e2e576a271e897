import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of a connection that wait for those before them. */
interface Queue {
  waiting: number;
  /** Whether it is about to be decided if the connection is read on. */
  deciding: boolean;
}

const QUEUES = new WeakMap<Socket, Queue>();

/**
 * Lets a pipelined request wait until it is its turn: the answers must come in order, one connection should not have a
 * thousand handlers run at once (RFC 9112, section 9.3.2), and when the client leaves, node tells only the first of them.
 *
 * Past a number of them nothing more is read from the connection until half of them are answered. What has been read by
 * then is still parsed: a client can make this process hold a chunk or two full of small requests, and no more.
 * That such a client has left is seen when its next answer is written: who is not read is not heard either.
 */
export function waitTurn(request: IncomingMessage, response: ServerResponse, limit: number, begin: () => void): void {
  const { socket } = request;
  const queue = QUEUES.get(socket) ?? { waiting: 0, deciding: false };
  QUEUES.set(socket, queue);
  queue.waiting += 1;
  if (queue.waiting >= limit) decide(socket, queue, limit);
  response.once('socket', () => {
    queue.waiting -= 1;
    if (queue.waiting * 2 <= limit && socket.isPaused()) decide(socket, queue, limit);
    if (!socket.destroyed) begin();
  });
}

/**
 * Not at once: node reads on by itself when it has a whole request, and carries that out a tick later, even where the
 * stream was paused in between.
 */
function decide(socket: Socket, queue: Queue, limit: number): void {
  if (queue.deciding) return;
  queue.deciding = true;
  setImmediate(() => {
    queue.deciding = false;
    if (socket.destroyed) return;
    if (queue.waiting >= limit) socket.pause();
    else if (queue.waiting * 2 <= limit && socket.isPaused()) socket.resume();
  });
}
