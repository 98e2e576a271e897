import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { HttpError } from '../errors/http-error.js';

/**
 * Whether a request asks for a protocol that nobody here speaks: `Upgrade: h2c`, which some clients (Java's) send with
 * every first request. A server may ignore it and answer as if it were not there (RFC 9110, section 7.8).
 */
export function isIgnoredUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() !== 'websocket';
}

const http = process.getBuiltinModule('node:http');

/**
 * The same request with its body: node's parser has ended the original's and is gone from the connection, and with it
 * whoever would read on. Only a body of a known length can be told from what may follow it.
 *
 * @throws HttpError 400 for a chunked body.
 */
export function restoreRequest(original: IncomingMessage, socket: Duplex, head: Buffer): IncomingMessage {
  if (original.headers['transfer-encoding'] !== undefined) {
    throw HttpError.of(
      'BAD_REQUEST',
      'a chunked body cannot follow an Upgrade: leave Upgrade out, or send Content-Length',
    );
  }
  // The socket of an upgrade is node's own net.Socket, typed as Duplex for those who make their own.
  const request = new http.IncomingMessage(socket as Socket);
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = original;
  Object.assign(request, { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor });
  let missing = Number(original.headers['content-length'] ?? 0);
  const take = (chunk: Buffer) => {
    const part = chunk.subarray(0, missing);
    missing -= part.length;
    if (part.length > 0 && !request.push(part)) socket.pause();
    if (missing > 0) return;
    socket.off('data', take);
    request.complete = true;
    request.push(null);
  };
  // Pulled as fast as it is read and no faster.
  request._read = () => void socket.resume();
  socket.once('close', () => {
    if (!request.complete) request.destroy();
  });
  if (missing > 0) socket.on('data', take);
  take(head);
  return request;
}
