import { Readable } from 'node:stream';

/** A response in the platform's own form: status, headers and body as a handler wants them. */
export interface IntegrationResponse<Body = unknown> {
  statusCode: number;
  /** `null` and `{}` both mean none. An object without this key is no integration response but plain JSON. */
  headers: Record<string, string | number | readonly string[]> | null;
  body?: Body;
}

/** Whether a result is an integration response: `statusCode` is a number and the key `headers` is there. */
export function isIntegrationResponse(result: object): result is IntegrationResponse {
  const { statusCode, headers } = result as Partial<IntegrationResponse>;
  return (
    typeof statusCode === 'number' && headers !== undefined && typeof headers === 'object' && !Array.isArray(headers)
  );
}

/** Sends the client elsewhere. @throws RangeError for a status that is no redirection (RFC 9110, section 15.4). */
export function redirect(url: string | URL, status: 301 | 302 | 303 | 307 | 308 = 302): IntegrationResponse<undefined> {
  if (![301, 302, 303, 307, 308].includes(status))
    throw new RangeError(`redirect: ${status} is not 301, 302, 303, 307 or 308`);
  // What no URL holds is encoded as a browser would, so that the header can be written at all; what is encoded already
  // stays as it is.
  const location = String(url).replace(NOT_IN_A_URL, (text) => encodeURIComponent(Buffer.from(text).toString()));
  return { statusCode: status, headers: { Location: location } };
}

/** All but the characters of RFC 3986; a percent sign only where it encodes nothing. */
const NOT_IN_A_URL = /%(?![\da-f]{2})|[^\w%!#$&'()*+,./:;=?@[\]~-]+/gi;

export interface FileOptions {
  /** `inline`: shown by the browser; `attachment`: saved. Default: no `Content-Disposition`, unless `filename` is given. */
  disposition?: 'inline' | 'attachment';
  /** The name it is saved under, any Unicode. Default: the file's own. With it the disposition is `attachment`. */
  filename?: string;
  /** Default: by the file's ending. */
  contentType?: string;
  /** Seconds that the client may keep it (`Cache-Control: public, max-age`). Default 0: it must ask again. */
  maxAge?: number;
  /** More response headers. */
  headers?: Record<string, string>;
}

/** A file of the disk as a body: `file()` makes it, the server sends it. */
export class FileBody {
  constructor(
    readonly path: string,
    readonly options: FileOptions,
  ) {}
}

/**
 * A file of the disk as the answer: with `ETag` and `Last-Modified`, 304 where the client has it already, ranges (206,
 * 416), and its content type by its ending. A path that leads to no file is 404.
 *
 * The path is the handler's word and is not checked: never build it from what a client sends without a look-up.
 *
 * @example
 * return file(upload.path, { filename: upload.originalName });
 */
export function file(path: string, options: FileOptions = {}): IntegrationResponse<FileBody> {
  return { statusCode: 200, headers: {}, body: new FileBody(path, options) };
}

/**
 * The web's own classes by their tag: naming `Response`, `Blob` or `ReadableStream` as a value would load the whole of
 * node's fetch into a process that may have no use for it.
 */
function tagOf(result: object): unknown {
  return (result as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
}

export function isWebResponse(result: object): result is Response {
  return tagOf(result) === 'Response' && 'headers' in result && 'body' in result;
}

export function isBlob(result: object): result is Blob {
  const tag = tagOf(result);
  return (tag === 'Blob' || tag === 'File') && 'stream' in result;
}

export function isReadableStream(result: object): result is ReadableStream {
  return tagOf(result) === 'ReadableStream' && 'getReader' in result;
}

/** Whether a result is a stream of bytes or text: a `Readable`, a `ReadableStream`, any async iterable. */
export function isStream(result: object): result is AsyncIterable<unknown> {
  return Symbol.asyncIterator in result;
}

/** Ends a source that will not be read any more, so that its file or connection is released. */
export function discardResult(result: unknown): void {
  if (typeof result !== 'object' || result === null) return;
  if (result instanceof Readable) result.on('error', ignoreLateError).destroy();
  else if (isWebResponse(result)) void result.body?.cancel().catch(ignoreLateError);
  else if (isReadableStream(result)) void result.cancel().catch(ignoreLateError);
  else if (isIntegrationResponse(result)) discardResult(result.body);
  else if (isStream(result)) void result[Symbol.asyncIterator]().return?.()?.then(undefined, ignoreLateError);
}

/** For what nobody waits for any more: how it ends is of no interest. */
export function ignoreLateError(): void {
  // see above
}

/** Promises, and what other libraries use for one: a query that runs when it is awaited. */
export function isThenable(result: unknown): result is PromiseLike<unknown> {
  if (result instanceof Promise) return true;
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
}

/** What an event stream can be made of: anything that gives one value after another, bytes excepted. */
export function isIterable(result: unknown): result is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof result !== 'object' || result === null || result instanceof Uint8Array) return false;
  return Symbol.asyncIterator in result || Symbol.iterator in result;
}
