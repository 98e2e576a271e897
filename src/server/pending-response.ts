import type { RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The response that is under way on a connection, which node keeps in a member that its types hide. */
export function pendingResponse(socket: Duplex): ServerResponse | undefined {
  const { _httpMessage: pending } = socket as { _httpMessage?: ServerResponse | null };
  return pending ?? undefined;
}

/**
 * Whether a connection has had its last answer, and ends: what still comes on it is for nobody (RFC 9112, section 9.6).
 * Node hands on what it had read by then all the same, and takes an answer to it for a fault of its own, which would end
 * the process.
 */
export function hasLastAnswer(socket: Duplex): boolean {
  return socket.writableEnded;
}

/** The same listener for what comes on a connection before its last answer. */
export function untilLastAnswer(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (!hasLastAnswer(request.socket)) listener(request, response);
  };
}

/**
 * Calls `go` when everything that was asked before on this connection is answered: an upgrade may be pipelined, and comes
 * after those answers (RFC 9110, section 7.8). Never, where the connection ends with one of them. Node has taken its own
 * listeners off a connection that is to be upgraded; those that an answer needs are put back for as long as it takes.
 */
export function afterAnswers(socket: Duplex, go: () => void): void {
  const pending = pendingResponse(socket);
  if (pending === undefined) {
    go();
    return;
  }
  const onDrain = () => void pending.emit('drain');
  socket.on('error', ignoreReset).on('drain', onDrain);
  // Node's own listener, which comes before this one, has put the next response in its place by then.
  pending.once('finish', () => {
    socket.off('drain', onDrain);
    if (socket.destroyed || !socket.writable) return;
    socket.off('error', ignoreReset);
    afterAnswers(socket, go);
  });
}

/** Without a listener a reset would end the process; the response hears of the connection's end by itself. */
function ignoreReset(): void {
  // see above
}
