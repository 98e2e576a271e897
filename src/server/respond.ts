import { responseHeadOf } from '../context/http-context.js';
import { HttpError } from '../errors/http-error.js';
import type { Exchange } from './exchange.js';
import { deleteHeader, type Headers, mergeHeader, setHeader } from './headers.js';
import {
  discardResult,
  FileBody,
  type IntegrationResponse,
  isBlob,
  isIntegrationResponse,
  isStream,
  isWebResponse,
} from './result.js';
import { prepareFile } from './send-file.js';
import { streamBody } from './stream-body.js';
import { writeBody, writeText } from './write-body.js';

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const BYTES = 'application/octet-stream';

/** Headers that hold for one connection or for the bytes on it, and not for the response (RFC 9110, section 7.6.1). */
const OF_A_CONNECTION = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-encoding',
  'content-length',
];

/**
 * The one place that turns a handler's result into a response (DESIGN section 5).
 * A promise only where the result is a stream or a file. It throws what cannot be written (a cycle, a bad header):
 * nothing has gone out then, and the error is answered instead.
 */
export function respond(exchange: Exchange, result: unknown): undefined | Promise<void> {
  if (result instanceof HttpError) throw result;
  if (!exchange.open) {
    discardResult(result);
    return undefined;
  }
  const route = exchange.endpoint?.route;
  const routeStatus = route?.protocol === 'http' ? route.options.status : undefined;
  const head = responseHeadOf(exchange.context);
  if (head === undefined && isPlain(result))
    return writeText(exchange, routeStatus ?? 200, JSON_TYPE, JSON.stringify(result));
  const headers: Headers = {};
  if (head !== undefined) {
    for (const [name, value] of head.headers) headers[name] = value;
    exchange.service.responseLimits.strip(exchange, headers);
  }
  const status = head?.status ?? routeStatus;
  if (typeof result === 'object' && result !== null) {
    if (isIntegrationResponse(result)) return respondIntegration(exchange, headers, result);
    if (isWebResponse(result)) return respondWeb(exchange, headers, result);
  }
  return respondBody(exchange, status, headers, result);
}

/** Whether a result is an object or array that can only mean JSON: told without asking it for all that it might be. */
function isPlain(result: unknown): result is object {
  if (typeof result !== 'object' || result === null) return false;
  const prototype: unknown = Object.getPrototypeOf(result);
  if (prototype === Array.prototype) return true;
  return (
    prototype === Object.prototype &&
    !('statusCode' in result || 'toJSON' in result || Symbol.asyncIterator in result || Symbol.toStringTag in result)
  );
}

/** A body by its type: the rows of the table for plain values. */
function respondBody(
  exchange: Exchange,
  status: number | undefined,
  headers: Headers,
  body: unknown,
): undefined | Promise<void> {
  switch (typeof body) {
    case 'undefined':
      return writeBody(exchange, status ?? 204, headers, undefined, undefined);
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return writeBody(exchange, status ?? 200, headers, TEXT, String(body));
    case 'object':
      return respondObject(exchange, status, headers, body);
    case 'function':
    case 'symbol':
      throw new TypeError(`a handler returned a ${typeof body}, which is no response`);
  }
}

function respondObject(
  exchange: Exchange,
  status: number | undefined,
  headers: Headers,
  body: object | null,
): undefined | Promise<void> {
  if (body === null) return writeBody(exchange, status ?? 204, headers, undefined, undefined);
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) {
    return writeBody(exchange, status ?? 200, headers, BYTES, bytesOf(body));
  }
  if (body instanceof FileBody) return respondFile(exchange, status ?? 200, headers, body);
  if (isBlob(body)) {
    setHeader(headers, 'Content-Length', body.size);
    return streamBody(exchange, status ?? 200, headers, body.type || BYTES, body.stream());
  }
  if (isStream(body)) return streamBody(exchange, status ?? 200, headers, BYTES, body);
  const text: string | undefined = JSON.stringify(body);
  // toJSON may give nothing.
  if (text === undefined) return writeBody(exchange, status ?? 204, headers, undefined, undefined);
  return writeBody(exchange, status ?? 200, headers, JSON_TYPE, text);
}

function respondIntegration(
  exchange: Exchange,
  headers: Headers,
  { statusCode, headers: own, body }: IntegrationResponse,
): undefined | Promise<void> {
  if (!Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    discardResult(body);
    throw new RangeError(`an integration response has statusCode ${statusCode}: give a number from 200 to 599`);
  }
  for (const [name, value] of Object.entries(own ?? {})) mergeHeader(headers, name, value);
  exchange.service.responseLimits.strip(exchange, headers);
  return respondBody(exchange, statusCode, headers, body);
}

function respondWeb(exchange: Exchange, headers: Headers, result: Response): undefined | Promise<void> {
  const fetched = result.url !== '';
  const ofConnection = fetched
    ? (result.headers
        .get('connection')
        ?.toLowerCase()
        .split(/[\s,]+/) ?? [])
    : [];
  for (const [name, value] of result.headers) {
    if (name !== 'set-cookie' && !ofConnection.includes(name)) mergeHeader(headers, name, value);
  }
  const cookies = result.headers.getSetCookie();
  if (cookies.length > 0) mergeHeader(headers, 'Set-Cookie', cookies);
  // What fetch() gives has the headers of its connection, while its body is inflated and unframed already.
  if (fetched) for (const name of OF_A_CONNECTION) deleteHeader(headers, name);
  exchange.service.responseLimits.strip(exchange, headers);
  // `Response.error()` has status 0, which no server can send.
  const status = result.status < 200 ? 502 : result.status;
  if (result.body === null) return writeBody(exchange, status, headers, undefined, undefined);
  return streamBody(exchange, status, headers, undefined, result.body);
}

async function respondFile(exchange: Exchange, status: number, headers: Headers, body: FileBody): Promise<void> {
  // Only a plain 200 may become 206 or 304: a page for errors is sent whole.
  const prepared = await prepareFile(exchange.request, body, status !== 200);
  if (!exchange.open) {
    discardResult(prepared.stream); // it may fail to open still, and nobody would hear of it
    return;
  }
  for (const [name, value] of Object.entries(prepared.headers)) setHeader(headers, name, value);
  await streamBody(exchange, status === 200 ? prepared.status : status, headers, undefined, prepared.stream);
}

function bytesOf(body: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : new Uint8Array(body);
}
