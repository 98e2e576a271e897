import type { ServerResponse } from 'node:http';

import type { Exchange } from './exchange.js';

/** Responses that have had to wait for their client, and what says that they wait again. */
const WATCHED = new WeakMap<ServerResponse, () => void>();

/**
 * Cuts a connection whose client does not take what was written, unless it takes some of it within `writeTimeoutMs`.
 * Without this a client that stops reading would keep the connection, what was written and what the handler holds, for
 * as long as it likes.
 *
 * The time is the socket's own time-out: node starts it anew with every byte that the network takes. It runs only while
 * something waits to be written, since a source that has nothing to say is not the client's fault. Call it whenever a
 * write has to wait.
 */
export function watchStall(exchange: Exchange): void {
  const { response, service } = exchange;
  const { socket } = response;
  const { writeTimeoutMs } = service.settings;
  if (writeTimeoutMs === 0 || socket === null) return;
  const again = WATCHED.get(response);
  if (again !== undefined) {
    again();
    return;
  }
  const wait = () => void socket.setTimeout(writeTimeoutMs);
  const rest = () => void socket.setTimeout(0);
  const end = () => {
    rest();
    response.off('drain', rest).off('finish', end).off('close', end).off('timeout', cut);
  };
  const cut = () => {
    end();
    const fields = { route: exchange.name, buffered: socket.writableLength };
    exchange.context.log.warn(fields, 'a response was cut: its client does not read');
    // A half-open or stalled peer would not take the end of the connection either.
    socket.destroy();
  };
  WATCHED.set(response, wait);
  // In front of node's own listener, which sets the time-out of an idle connection when the response has finished.
  response.prependListener('finish', end);
  response.on('drain', rest).on('close', end).on('timeout', cut);
  wait();
}
