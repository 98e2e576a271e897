import type { IncomingMessage } from 'node:http';

import type { Exchange } from './exchange.js';
import { hasHeader, type Headers } from './headers.js';

/** A body this small that is still on its way is worth waiting for: it keeps the connection. */
const SMALL_REST = 64 * 1024;

/** How long a connection is read on after an early answer, so that the client can read that answer. */
const LINGER_MS = 1000;

/** Statuses whose responses have no body (RFC 9110, sections 15.3.5 and 15.4.5). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/**
 * Writes a whole response at once. Nothing has gone out when it throws (a header that may not be written).
 * @param type the content type unless the headers name one.
 */
export function writeBody(
  exchange: Exchange,
  status: number,
  headers: Headers,
  type: string | undefined,
  body: string | Uint8Array | undefined,
): undefined {
  const { response, request } = exchange;
  if (isBodiless(status)) {
    finishHeaders(exchange, headers);
    response.writeHead(status, headers as Record<string, string>);
    response.end();
    return;
  }
  if (type !== undefined && !hasHeader(headers, 'content-type')) headers['Content-Type'] = type;
  if (body === undefined) headers['Content-Length'] = 0;
  else headers['Content-Length'] = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  const lingers = finishHeaders(exchange, headers);
  response.writeHead(status, headers as Record<string, string>);
  if (!lingers || body === undefined || request.method === 'HEAD') {
    response.end(body);
    return;
  }
  // The client is still sending. Were the connection closed now, with bytes unread, TCP would answer them with a reset
  // and the client might never see this response: so it is written whole, and the rest is read for a while.
  response.write(body);
  linger(request, () => response.end());
}

/**
 * The last headers of any response. Returns whether the request's body is left unread and the connection must go.
 */
export function finishHeaders(exchange: Exchange, headers: Headers): boolean {
  const { request, service } = exchange;
  const rest = !request.complete && restOfBody(request) > SMALL_REST;
  // A platform that manages connections itself forbids the header; the rest of a body is then read and thrown away.
  if (service.settings.platform.ownsConnections) return false;
  if (rest || service.draining) headers['Connection'] = 'close';
  return rest;
}

function restOfBody(request: IncomingMessage): number {
  if (request.headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(request.headers['content-length'] ?? 0);
}

function linger(request: IncomingMessage, done: () => void): void {
  const finish = () => {
    clearTimeout(timer);
    request.off('end', finish).off('close', finish);
    done();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.once('end', finish).once('close', finish);
  request.resume();
}
