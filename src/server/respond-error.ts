import { responseHeadOf } from '../context/http-context.js';
import { HttpError } from '../errors/http-error.js';
import { describe, toHttpError, toProblem } from '../errors/problem.js';
import type { Exchange } from './exchange.js';
import { type Headers, mergeHeader, setHeader } from './headers.js';
import { writeBody, writeText } from './write-body.js';

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** Headers that tell of the body which is not sent: they do not hold for the problem that is sent in its place. */
const OF_THE_BODY = /^(?:content-(?!security-policy).*|etag|last-modified|expires|cache-control|accept-ranges)$/i;

/** The one place that answers an error: logs what is ours, writes the problem body, and has a last plain fallback. */
export function respondError(exchange: Exchange, thrown: unknown): void {
  const { response } = exchange;
  if (exchange.answered || response.writableEnded || response.destroyed) {
    logLateError(exchange, thrown);
    return;
  }
  const error = exchange.form?.toError(thrown) ?? toHttpError(thrown);
  exchange.errorCode = error.code;
  logError(exchange, error, thrown);
  if (response.headersSent) {
    // Too late for an answer: a broken connection tells the client that what it has is not whole.
    response.destroy();
    return;
  }
  try {
    if (exchange.platformCall !== undefined) {
      writeText(exchange, error.status, JSON_TYPE, hookErrorText(exchange, error));
      return;
    }
    // The most common error, a mistake of the client's, has no headers of its own.
    if (error.headers === undefined && responseHeadOf(exchange.context) === undefined) {
      exchange.response.statusMessage = '';
      writeText(exchange, error.status, typeOf(exchange), bodyOf(exchange, error));
    } else writeProblem(exchange, error, presetHeaders(exchange));
  } catch (failure) {
    exchange.context.log.error({ err: failure }, 'an error could not be answered as it should');
    writeProblem(exchange, new HttpError(error.status, error.message, { code: error.code }), {});
  }
}

function writeProblem(exchange: Exchange, error: HttpError, headers: Headers): void {
  for (const [name, value] of Object.entries(error.headers ?? {})) mergeHeader(headers, name, value);
  exchange.service.responseLimits.strip(exchange, headers);
  // node keeps the words of a status whose head could not be written.
  exchange.response.statusMessage = '';
  setHeader(headers, 'Content-Type', typeOf(exchange));
  writeBody(exchange, error.status, headers, undefined, bodyOf(exchange, error));
}

/** The body that Function Compute knows of a failed call. */
function hookErrorText(exchange: Exchange, error: HttpError): string {
  const problem = toProblem(error, exchange.context.requestId, exchange.service.settings.exposeErrors);
  return JSON.stringify({ errorCode: problem.code, errorMessage: problem.detail ?? problem.title });
}

function typeOf({ form }: Exchange): string {
  return form === undefined ? PROBLEM_TYPE : JSON_TYPE;
}

function bodyOf(exchange: Exchange, error: HttpError): string {
  const { form, context, service } = exchange;
  return JSON.stringify(
    form === undefined
      ? toProblem(error, context.requestId, service.settings.exposeErrors)
      : form.toErrorBody(error, exchange),
  );
}

/** What middleware has set beforehand holds for errors too: without its CORS headers a browser's page cannot read them. */
function presetHeaders({ context }: Exchange): Headers {
  const headers: Headers = {};
  for (const [name, value] of responseHeadOf(context)?.headers ?? []) {
    if (!OF_THE_BODY.test(name)) headers[name] = value;
  }
  return headers;
}

function logError(exchange: Exchange, error: HttpError, thrown: unknown): void {
  if (error.status < 500) return; // the client's affair: the access line has its code
  exchange.service.tracing?.failed(exchange, error.cause ?? thrown);
  const { log } = exchange.context;
  const fields = { err: error.cause ?? thrown, code: error.code, route: exchange.name };
  const internal = error.code === 'INTERNAL' || !(thrown instanceof HttpError);
  log.error(fields, internal ? `a handler failed: ${describe(error.cause ?? thrown)}` : error.message);
}

/** Nobody gets this error any more: the time was up, or the client has left, which most handlers report by throwing. */
function logLateError({ context, name }: Exchange, thrown: unknown): void {
  const fields = { err: thrown, route: name };
  if (isAbort(thrown) || thrown === context.signal.reason || thrown instanceof HttpError) {
    context.log.debug(fields, 'a handler gave up after its request had ended');
    return;
  }
  context.log.warn(fields, `a handler failed after its request had ended: ${describe(thrown)}`);
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError');
}
