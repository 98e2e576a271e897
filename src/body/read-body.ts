import type { IncomingMessage } from 'node:http';
import { HttpError } from '../errors/http-error.js';
import type { BodyLimits } from './body-limits.js';
import { type BodyParser, NO_BODY, type ParsedBody } from './body-parser.js';
import { bytes } from './bytes.js';
import { collectBytes, hasBody } from './collect-bytes.js';
import { parseContentType } from './content-type.js';
import { json } from './json.js';
import { multipart } from './multipart.js';
import { decodeText, text } from './text.js';
import type { UploadedFiles } from './uploaded-file.js';
import { urlencoded } from './urlencoded.js';

export type { FormFields, MultipartForm, ParsedBody } from './body-parser.js';
export { openBodyStream } from './body-stream.js';

/** One parser for each content type; the first that accepts is taken, and the last takes all. */
const PARSERS: readonly BodyParser[] = [json, urlencoded, multipart, text, bytes];

/**
 * Reads and parses the whole body by its Content-Type. Throws or rejects with an `HttpError`, and never hangs: when the
 * client leaves, with `INCOMPLETE_BODY`. After a rejection the request is no longer read but its socket is still open,
 * so that the server can answer and then close.
 *
 * Where the server has awaited the body it is parsed at once, and what would be a rejection is thrown.
 *
 * A request without a body gives `none`, whatever its type. An empty one (`Content-Length: 0`, or chunked without a
 * chunk) does so too, except where nothing is not a valid value: JSON and multipart are then malformed.
 *
 * @param uploads Is given each file that is written, from its first byte on; discard it when the response has ended.
 */
export function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  uploads: UploadedFiles,
): ParsedBody | Promise<ParsedBody> {
  const { headers } = request;
  const header = headers['content-type'];
  const type = header === undefined ? undefined : parseContentType(header);
  if (!hasBody(request) && (headers['content-length'] === undefined || type === undefined)) {
    return NO_BODY;
  }
  if (header !== undefined && type === undefined) throw unsupportedType();
  for (const parser of PARSERS) {
    if (parser.accepts(type)) return parser.read(request, limits, type, uploads);
  }
  throw unsupportedType();
}

/** The body's bytes whatever its type, inflated; empty when there is none. Rejects as `readBody` does. */
export function readBytes(request: IncomingMessage, limits: BodyLimits): Buffer | Promise<Buffer> {
  if (!hasBody(request)) return Buffer.alloc(0);
  return collectBytes(request, limits, undefined, same);
}

/**
 * The body as text by its charset, whatever its type; '' when there is none. Default UTF-8. Rejects as `readBody`
 * does, with 415 `UNSUPPORTED_CHARSET`, or with 400 `MALFORMED_TEXT`.
 */
export function readText(request: IncomingMessage, limits: BodyLimits): string | Promise<string> {
  if (!hasBody(request)) return '';
  const header = request.headers['content-type'];
  const type = header === undefined ? undefined : parseContentType(header);
  if (header !== undefined && type === undefined) throw unsupportedType();
  return collectBytes(request, limits, type, decodeText);
}

function same(body: Buffer): Buffer {
  return body;
}

function unsupportedType(): HttpError {
  return HttpError.of('UNSUPPORTED_MEDIA_TYPE', 'the Content-Type header names no type');
}
