import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';

import type { ErrorCode } from '../errors/error-codes.js';
import { HttpError } from '../errors/http-error.js';
import { toProblem } from '../errors/problem.js';
import type { Exchange } from './exchange.js';
import { pendingResponse } from './pending-response.js';
import { respondError } from './respond-error.js';
import type { Service } from './service.js';
import { statusText } from './status-text.js';

/** What node's parser refuses, by its error code. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'BODY_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

const DETAILS: Partial<Record<ErrorCode, string>> = {
  HEADERS_TOO_LARGE: 'the header block is too large',
  BODY_TOO_LARGE: 'the extensions of a chunk are too large',
  REQUEST_TIMEOUT: 'the request did not arrive in time',
  INCOMPLETE_BODY: 'the connection ended before the body was complete',
};

const INCOMPLETE: ErrorCode = 'INCOMPLETE_BODY';

/** The parser's word for a client that has ended its side. */
const END_TOO_EARLY = 'HPE_INVALID_EOF_STATE';

/** How long a connection is read on after the answer, so that the client can read it. */
const LINGER_MS = 1000;

/** Connections that have had their answer and are about to close: node reports each further byte as a new error. */
const ANSWERED = new WeakSet<Duplex>();

/**
 * Answers what is not HTTP, and closes the connection. Where that is the body of a request that has begun, as the answer
 * to it, with its id and in its record; else by hand: there is no request and no response.
 */
export function answerClientError(service: Service, error: NodeJS.ErrnoException, socket: Duplex): void {
  if (ANSWERED.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    const pending = pendingExchange(service, socket);
    if (pending?.request.complete === false) pending.errorCode ??= INCOMPLETE;
    logRefusal(service, pending?.errorCode ?? codeOf(error), error, pending?.context.requestId ?? randomUUID());
    socket.destroy(error);
    return;
  }
  ANSWERED.add(socket);
  answerInTurn(service, socket, error);
}

/** Requests that were whole are answered first, in order: pipelined ones wait in line (RFC 9112, section 9.3.2). */
function answerInTurn(service: Service, socket: Duplex, error: NodeJS.ErrnoException): void {
  const pending = pendingResponse(socket);
  if (pending?.req.complete === true) {
    // Node's own listener, which comes before this one, has put the next in its place by then.
    pending.once('finish', () => answerInTurn(service, socket, error));
    return;
  }
  const broken = pendingExchange(service, socket);
  const code = broken !== undefined && error.code === END_TOO_EARLY ? INCOMPLETE : codeOf(error);
  const requestId = broken?.context.requestId ?? randomUUID();
  logRefusal(service, code, error, requestId);
  if (broken?.answered === true && broken.lingers) return; // what it still sends is of no interest
  const refusal = HttpError.of(code, DETAILS[code] ?? 'the request is not HTTP as this server reads it');
  if (pending?.headersSent === true) {
    // Nothing can be answered in the middle of another answer.
    if (broken !== undefined) broken.errorCode ??= code;
    socket.destroy(error);
  } else if (broken?.open === true) {
    const { request, response } = broken;
    response.shouldKeepAlive = false;
    // Who still reads the body would wait for ever: node tells no request of its end that has had its answer.
    response.once('close', () => request.destroy());
    respondError(broken, refusal);
  } else answer(socket, refusal, requestId);
}

/** The exchange under way on a connection. Searched for, since only broken connections are ever asked. */
function pendingExchange(service: Service, socket: Duplex): Exchange | undefined {
  const pending = pendingResponse(socket);
  if (pending === undefined) return undefined;
  for (const exchange of service.inFlight) if (exchange.response === pending) return exchange;
  return undefined;
}

function codeOf(error: NodeJS.ErrnoException): ErrorCode {
  return CODES[error.code ?? ''] ?? 'BAD_REQUEST';
}

function logRefusal(service: Service, code: string, error: NodeJS.ErrnoException, requestId: string): void {
  service.log.debug({ requestId, code, cause: error.code }, 'a request could not be read');
}

function answer(socket: Duplex, refusal: HttpError, requestId: string): void {
  if (!socket.writable) return;
  socket.end(rawProblem(refusal, requestId));
  // Closed with bytes unread, TCP would answer them with a reset, and the client might never see this answer.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** A whole problem response as bytes, for a socket that has no `ServerResponse`. */
function rawProblem(error: HttpError, requestId: string): string {
  const body = JSON.stringify(toProblem(error, requestId, false));
  return [
    `HTTP/1.1 ${error.status} ${statusText(error.status)}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
