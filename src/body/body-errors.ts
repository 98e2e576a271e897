import { HttpError } from '../errors/http-error.js';

/** 413: more bytes than `maxBytes` were announced or have arrived. */
export function bodyTooLarge(maxBytes: number): HttpError {
  return HttpError.of('BODY_TOO_LARGE', `at most ${maxBytes} bytes`);
}

/** 400: the client left, or the connection broke, before the body was complete. */
export function incompleteBody(cause?: unknown): HttpError {
  return HttpError.of('INCOMPLETE_BODY', 'the connection ended before the body was complete', { cause });
}

/** A mistake of the program, not of the client: a body can be read only once. */
export function alreadyRead(): Error {
  return new Error('the body of this request has already been read');
}
