import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { ErrorCode } from '../errors/error-codes.js';
import { HttpError } from '../errors/http-error.js';
import { toProblem } from '../errors/problem.js';
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
};

/** How long a connection is read on after the answer, so that the client can read it. */
const LINGER_MS = 1000;

/** Connections that have had their answer and are about to close: node reports each further byte as a new error. */
const ANSWERED = new WeakSet<Duplex>();

/** Answers what is not HTTP, by hand: there is no request and no response yet. Then the connection is closed. */
export function answerClientError(service: Service, error: NodeJS.ErrnoException, socket: Duplex): void {
  if (ANSWERED.has(socket)) return;
  const code = CODES[error.code ?? ''] ?? 'BAD_REQUEST';
  service.log.debug({ code, cause: error.code }, 'a request could not be read');
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  ANSWERED.add(socket);
  answerInTurn(socket, code, error);
}

/** Requests that were whole are answered first, in order: pipelined ones wait in line (RFC 9112, section 9.3.2). */
function answerInTurn(socket: Duplex, code: ErrorCode, error: Error): void {
  // What node keeps of the response that is under way on this connection.
  const { _httpMessage: pending } = socket as { _httpMessage?: ServerResponse | null };
  if (pending?.req.complete === true) {
    // Node's own listener, which comes before this one, has put the next in its place by then.
    pending.once('finish', () => answerInTurn(socket, code, error));
    return;
  }
  // Nothing can be answered in the middle of another answer.
  if (pending?.headersSent === true) socket.destroy(error);
  else answer(socket, code);
}

function answer(socket: Duplex, code: ErrorCode): void {
  if (!socket.writable) return;
  socket.end(rawProblem(HttpError.of(code, DETAILS[code] ?? 'the request is not HTTP as this server reads it')));
  // Closed with bytes unread, TCP would answer them with a reset, and the client might never see this answer.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** A whole problem response as bytes, for a socket that has no `ServerResponse`. */
function rawProblem(error: HttpError): string {
  const body = JSON.stringify(toProblem(error, randomUUID(), false));
  return [
    `HTTP/1.1 ${error.status} ${statusText(error.status)}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
