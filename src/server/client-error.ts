import type { Duplex } from 'node:stream';

import type { ErrorCode } from '../errors/error-codes.js';
import { HttpError } from '../errors/http-error.js';
import { toProblem } from '../errors/problem.js';
import { randomUUID } from 'node:crypto';
import { statusText } from './status-text.js';
import type { Service } from './service.js';

/** What node's parser refuses, by its error code. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'BODY_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Answers what is not HTTP, by hand: there is no request and no response yet. Then the connection is closed. */
export function answerClientError(service: Service, error: NodeJS.ErrnoException, socket: Duplex): void {
  const code = CODES[error.code ?? ''] ?? 'BAD_REQUEST';
  service.log.debug({ code, cause: error.code }, 'a request could not be read');
  // Nothing can be answered on a connection that the client has reset, or in the middle of another answer.
  const { _httpMessage: pending } = socket as { _httpMessage?: { headersSent?: boolean } };
  if (error.code === 'ECONNRESET' || !socket.writable || pending?.headersSent === true) {
    socket.destroy(error);
    return;
  }
  socket.end(rawProblem(HttpError.of(code, 'the request is not HTTP as this server reads it')));
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
