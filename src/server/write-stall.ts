import type { ServerResponse } from 'node:http';

import type { Exchange } from './exchange.js';

/** Connections whose client is being waited for. */
const WATCHED = new WeakSet<ServerResponse>();

/**
 * Cuts a connection whose client does not take what was written, unless it takes some of it within `writeTimeoutMs`.
 * Without this a client that stops reading would keep the connection, what was written and what the handler holds, for
 * as long as it likes.
 *
 * The time is the socket's own time-out: node starts it anew with every byte that the network takes. It runs only while
 * something waits to be written, since a source that has nothing to say is not the client's fault.
 */
export function watchStall(exchange: Exchange): void {
  const { response, service } = exchange;
  const { socket } = response;
  const { writeTimeoutMs } = service.settings;
  if (writeTimeoutMs === 0 || socket === null || WATCHED.has(response)) return;
  WATCHED.add(response);
  const stop = () => {
    WATCHED.delete(response);
    response.off('drain', stop).off('finish', stop).off('close', stop).off('timeout', cut);
    socket.setTimeout(0);
  };
  const cut = () => {
    stop();
    const fields = { route: exchange.name, buffered: socket.writableLength };
    exchange.context.log.warn(fields, 'a response was cut: its client does not read');
    // A half-open or stalled peer would not take the end of the connection either.
    socket.destroy();
  };
  // In front of node's own listener, which sets the time-out of an idle connection when the response has finished.
  response.prependListener('finish', stop);
  response.on('drain', stop).on('close', stop).on('timeout', cut);
  socket.setTimeout(writeTimeoutMs);
}
