import { responseHeadOf } from '../context/http-context.js';
import { ERROR_CODES } from '../errors/error-codes.js';
import { HttpError } from '../errors/http-error.js';
import { redactText } from '../errors/redact-text.js';
import type { AnswerForm } from '../server/answer-form.js';
import type { Exchange } from '../server/exchange.js';
import { type IntegrationResponse, isIntegrationResponse } from '../server/result.js';
import { isBodiless } from '../server/write-body.js';
import { encodePlainFailure, newPlainEncoder } from './plain-stream.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Text that begins like this has always gone out as HTML (koa does so). */
const HTML = /^\s*</;

/** What a client gets whose body cannot be read, whatever is wrong with it. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'BAD_REQUEST',
  'MALFORMED_URL',
  'MALFORMED_JSON',
  'JSON_TOO_DEEP',
  'FORBIDDEN_KEY',
  'MALFORMED_TEXT',
  'MALFORMED_FORM',
  'MALFORMED_MULTIPART',
  'MALFORMED_ENCODING',
  'INCOMPLETE_BODY',
  'UNSUPPORTED_MEDIA_TYPE',
  'UNSUPPORTED_CHARSET',
  'UNSUPPORTED_ENCODING',
]);

/** Frames of a stack that tell nothing of the user's code: node's and our own, as compiled and by source maps. */
const OWN_FRAMES = [
  'node:',
  ...['../../built/', '../../src/'].map((folder) => new URL(folder, import.meta.url).pathname),
];

/** How plain functions answer: the results and the error bodies of the platform's own framework. */
export const PLAIN_ANSWER: AnswerForm = {
  toResult(result, exchange) {
    if (typeof result === 'object' && result !== null) {
      noteCode(result, exchange);
      return isIntegrationResponse(result) ? plainIntegration(result) : result;
    }
    const type = typeOf(result);
    if (type === undefined) return result;
    const statusCode = responseHeadOf(exchange.context)?.status ?? 200;
    return { statusCode, headers: { 'Content-Type': type }, body: textOf(result) };
  },
  toError,
  toErrorBody(error, exchange) {
    const { code } = error;
    const message = error.message === '' ? titleOf(code) : error.message;
    const { requestId } = exchange.context;
    if (code !== 'SYS_ERR' || !exchange.service.settings.exposeErrors) return { code, message, requestId };
    return { code, message, stack: redactText(stackOf(error.cause)), requestId };
  },
  newEncoder: newPlainEncoder,
  encodeFailure: encodePlainFailure,
  streamHeaders: ({ context }) => [['X-Request-Id', context.requestId]],
};

/** A function that reports a business error by a `code` in its result: the access line has it, the answer stays as it is. */
function noteCode(result: object, exchange: Exchange): void {
  const { code } = result as { code?: unknown };
  if ((typeof code === 'string' && code !== '') || (typeof code === 'number' && code !== 0)) {
    exchange.errorCode = String(code);
  }
}

/** The content type of a result that goes out in a way of its own; `undefined`: it goes out as a controller's does. */
function typeOf(result: unknown): string | undefined {
  if (typeof result === 'string') return HTML.test(result) ? HTML_TYPE : undefined;
  if (typeof result === 'bigint') throw new TypeError('a function returned a bigint, which JSON cannot hold');
  return typeof result === 'number' || typeof result === 'boolean' ? JSON_TYPE : undefined;
}

function textOf(result: unknown): string {
  return typeof result === 'string' ? result : JSON.stringify(result);
}

/** The body by the same rules; without one, the words of the status, as ever: a bare 302 sends `Found`. */
function plainIntegration(result: IntegrationResponse): IntegrationResponse {
  const { statusCode, body } = result;
  const headers = givenHeaders(result.headers ?? {});
  if (body === undefined) {
    if (isBodiless(statusCode) || statusCode === 205) return { statusCode, headers };
    const { STATUS_CODES } = process.getBuiltinModule('node:http');
    const text = STATUS_CODES[statusCode] ?? String(statusCode);
    return { statusCode, headers: withType(headers, TEXT_TYPE, true), body: text };
  }
  const type = typeOf(body);
  return type === undefined
    ? { statusCode, headers, body }
    : { statusCode, headers: withType(headers, type), body: textOf(body) };
}

type Headers = NonNullable<IntegrationResponse['headers']>;

/** A header without a value is none: functions write `{ 'X-Next': page?.next }`. */
function givenHeaders(headers: Headers): Headers {
  const given: Headers = {};
  // Their type says that there are none such; plain JavaScript does not ask it.
  for (const [name, value] of Object.entries<Headers[string] | null | undefined>(headers)) {
    if (value !== undefined && value !== null) given[name] = value;
  }
  return given;
}

function withType(headers: Headers, type: string, always = false): Headers {
  const own = Object.keys(headers).find((name) => name.toLowerCase() === 'content-type');
  if (own === undefined) return { ...headers, 'Content-Type': type };
  return always ? { ...headers, [own]: type } : headers;
}

/** Anything thrown, as functions' clients know it. An `HttpError` of the function's own keeps status and code. */
function toError(thrown: unknown): HttpError {
  if (!(thrown instanceof HttpError) || thrown.code === 'INTERNAL') {
    const cause: unknown = thrown instanceof HttpError ? (thrown.cause ?? thrown) : thrown;
    // `undefined` would be no cause at all.
    return new HttpError(500, 'System Error.', { code: 'SYS_ERR', cause: cause ?? null });
  }
  const { headers } = thrown;
  const kept = headers === undefined ? {} : { headers };
  if (thrown.code === 'HANDLER_TIMEOUT') {
    return new HttpError(500, 'Server Timeout.', { ...kept, code: 'SERVER_TIMEOUT', cause: thrown });
  }
  if (UNREADABLE.has(thrown.code))
    return new HttpError(400, 'Bad Request.', { ...kept, code: 'BAD_REQUEST', cause: thrown });
  return thrown;
}

function titleOf(code: string): string {
  const table: Record<string, { title: string }> = ERROR_CODES;
  return table[code]?.title ?? code;
}

function stackOf(cause: unknown): string {
  if (!(cause instanceof Error) || cause.stack === undefined) return '';
  return cause.stack
    .split('\n')
    .filter((line) => !OWN_FRAMES.some((part) => line.includes(part)))
    .join('\n');
}
