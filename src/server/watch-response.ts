import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** How a response hears of its socket's end, where node's own listeners went with the parser. */
const LISTENERS = new WeakMap<ServerResponse, () => void>();

/** A client that leaves while a handler thinks would not be noticed without this. */
export function watchResponse(response: ServerResponse, socket: Duplex): void {
  const onClose = () => {
    if (!response.destroyed) response.destroy();
  };
  LISTENERS.set(response, onClose);
  // Without a listener a reset would end the process.
  socket.on('error', ignoreReset).on('close', onClose).on('end', endBoth);
}

/**
 * Ends what `watchResponse` began, before the socket gets other listeners: node keeps room for a dozen of a kind once
 * there were three, 350 bytes a connection.
 */
export function unwatchResponse(response: ServerResponse, socket: Duplex): void {
  socket.off('error', ignoreReset).off('end', endBoth);
  const onClose = LISTENERS.get(response);
  if (onClose !== undefined) socket.off('close', onClose);
}

function ignoreReset(): void {
  // the 'close' that follows is what counts
}

function endBoth(this: Duplex): void {
  this.end();
}
