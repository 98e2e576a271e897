import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Exchange } from './exchange.js';
import { deleteHeader, getHeader, hasHeader, type Headers, setHeader } from './headers.js';
import { watchStall } from './write-stall.js';

/** A body this small that is still on its way is worth waiting for: it keeps the connection. */
const SMALL_REST = 64 * 1024;

/** Below this no platform minds the length of a body. */
const LARGE = 64 * 1024;

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
  if (isBodiless(status)) {
    writeHead(exchange, status, headers);
    endResponse(exchange);
    return;
  }
  // 205 has a length, and it is nought (RFC 9110, section 15.3.6).
  const content = status === 205 ? undefined : body;
  const length = lengthOf(content);
  deleteHeader(headers, 'transfer-encoding');
  // A handler of HEAD alone names the length of what it does not make.
  const named = body === undefined && exchange.request.method === 'HEAD' && hasHeader(headers, 'content-length');
  if (named) checkLength(headers);
  // Else it is what is sent, whatever the headers say: two lengths, or a wrong one, break the connection.
  else setHeader(headers, 'Content-Length', length);
  if (type !== undefined && !hasHeader(headers, 'content-type')) headers['Content-Type'] = type;
  if (length > LARGE)
    exchange.service.responseLimits.checkBody(exchange, length, String(getHeader(headers, 'content-type')));
  writeHead(exchange, status, headers);
  endResponse(exchange, content);
}

/**
 * The most common answer of all: text for which nobody has set a header. One object for its head, one write for the
 * whole.
 */
export function writeText(exchange: Exchange, status: number, type: string, text: string): undefined {
  const { request, response } = exchange;
  const isReading = exchange.announcesBody && !request.complete;
  if (isReading || exchange.service.draining || status === 205 || isBodiless(status)) {
    return writeBody(exchange, status, {}, type, text);
  }
  const length = Buffer.byteLength(text);
  if (length > LARGE) exchange.service.responseLimits.checkBody(exchange, length, type);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': length });
  exchange.answered = true;
  // Text of as many bytes as characters is ASCII, which node writes as latin1 without converting it.
  writeWhole(response, text, length === text.length ? 'latin1' : 'utf8');
  if (response.writableLength > 0) watchStall(exchange);
}

/**
 * Head and body in one plain write. `end(text)` gives the socket an empty chunk after them, so that node gathers two
 * chunks for a `writev`, which costs a small answer some two microseconds.
 */
function writeWhole(response: ServerResponse, text: string, encoding: 'latin1' | 'utf8'): void {
  const { socket } = response;
  if (socket === null || text === '') {
    response.end(text, encoding);
    return;
  }
  // Corked, node does not itself cork the socket until the next tick.
  socket.cork();
  response.write(text, encoding);
  socket.uncork();
  response.end();
}

/**
 * Checks a Content-Length that the server has not counted itself: one that is no number breaks the connection's framing.
 * @throws RangeError for anything but one whole number of bytes (RFC 9110, section 8.6).
 */
export function checkLength(headers: Headers): void {
  const length = getHeader(headers, 'content-length');
  // A list of one is written as its only value.
  if (length === undefined || /^\d+$/.test(String(length))) return;
  throw new RangeError(`Content-Length: ${JSON.stringify(length)} is no number of bytes`);
}

function lengthOf(body: string | Uint8Array | undefined): number {
  if (body === undefined) return 0;
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
}

/** Writes the head of any response. Nothing has gone out when it throws. */
export function writeHead(exchange: Exchange, status: number, headers: Headers): void {
  const { response } = exchange;
  if (status === 204) {
    deleteHeader(headers, 'transfer-encoding'); // RFC 9112, section 6.1
    deleteHeader(headers, 'content-length'); // RFC 9110, section 8.6
  }
  finishHeaders(exchange, headers);
  // Node notes that such a response has no body before it looks at the headers: were one refused then, the error that is
  // answered instead would have a length and no body, and break the connection's framing.
  if (isBodiless(status)) checkHeaders(headers);
  response.writeHead(status, headers as Record<string, string>);
}

/** @throws what node throws for a header that may not be written. */
function checkHeaders(headers: Headers): void {
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http');
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    for (const each of typeof value === 'object' ? value : [String(value)]) validateHeaderValue(name, each);
  }
}

/** Ends a response whose head is written, after its last bytes. */
export function endResponse(exchange: Exchange, last?: string | Uint8Array): void {
  const { request, response } = exchange;
  exchange.answered = true;
  if (!exchange.lingers || request.complete) {
    response.end(last);
    if (response.writableLength > 0) watchStall(exchange);
    return;
  }
  // The client is still sending. Were the connection closed now, with bytes unread, TCP would answer them with a reset
  // and the client might never see this response: so it is written whole, and the rest is read for a while.
  response.flushHeaders();
  const written = (error?: Error | null) => {
    exchange.heardOut = error === undefined || error === null;
  };
  if (last !== undefined && request.method !== 'HEAD') response.write(last, written);
  else written();
  linger(request, () => response.end());
  // Who still reads the body would wait for ever: node tells no request of its end that has had its answer.
  response.once('close', () => request.destroy());
}

/** The last headers of any response: whether the connection is closed after it. */
export function finishHeaders(exchange: Exchange, headers: Headers): void {
  const { request, response, service } = exchange;
  service.responseLimits.checkHeaders(exchange, headers);
  // A platform that manages connections itself forbids the header; the rest of a body is then read and thrown away.
  if (service.settings.platform.ownsConnections) return;
  const rest = !exchange.announcesBody || request.complete ? 0 : restOfBody(request);
  // A client that still waits for `100 Continue` may send its body or not: what follows on the connection is anyone's
  // guess (RFC 9110, section 10.1.1).
  const close = service.draining || rest > SMALL_REST || (rest > 0 && exchange.expectsContinue);
  if (close) setHeader(headers, 'Connection', 'close');
  // Who has ended his side sends no more.
  const isSending = rest > 0 && !request.socket.readableEnded;
  exchange.lingers = isSending && (close || !response.shouldKeepAlive || saysClose(headers));
}

/** Whether a handler closes the connection itself. */
function saysClose(headers: Headers): boolean {
  return /\bclose\b/i.test(String(getHeader(headers, 'connection')));
}

function restOfBody(request: IncomingMessage): number {
  if (request.headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(request.headers['content-length'] ?? 0);
}

function linger(request: IncomingMessage, done: () => void): void {
  const { socket } = request;
  const finish = () => {
    clearTimeout(timer);
    request.off('end', finish).off('close', finish);
    socket.off('end', finish);
    done();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.once('end', finish).once('close', finish);
  // The end of a body that broke is never told: the client's own is.
  socket.once('end', finish);
  request.resume();
}
