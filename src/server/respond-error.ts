import { HttpError } from '../errors/http-error.js';
import { describe, toHttpError, toProblem } from '../errors/problem.js';
import type { Exchange } from './exchange.js';
import { type Headers, setHeader } from './headers.js';
import { writeBody } from './write-body.js';

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The one place that answers an error: logs what is ours, writes the problem body, and has a last plain fallback. */
export function respondError(exchange: Exchange, thrown: unknown): void {
  const error = toHttpError(thrown);
  exchange.errorCode = error.code;
  logError(exchange, error, thrown);
  if (exchange.response.headersSent) {
    // Too late for an answer: a broken connection tells the client that what it has is not whole.
    if (!exchange.response.writableEnded) exchange.response.destroy();
    return;
  }
  if (!exchange.open) return;
  const { settings } = exchange.service;
  const headers: Headers = {};
  try {
    for (const [name, value] of Object.entries(error.headers ?? {})) setHeader(headers, name, value);
    headers['Content-Type'] = PROBLEM_TYPE;
    const problem = toProblem(error, exchange.context.requestId, settings.exposeErrors);
    writeBody(exchange, error.status, headers, undefined, JSON.stringify(problem));
  } catch (failure) {
    exchange.context.log.error({ err: failure }, 'an error could not be answered as it should');
    writeBody(exchange, 500, {}, 'text/plain; charset=utf-8', 'Internal error');
  }
}

function logError(exchange: Exchange, error: HttpError, thrown: unknown): void {
  if (error.status < 500) return; // the client's affair: the access line has its code
  const { log } = exchange.context;
  const fields = { err: error.cause ?? thrown, code: error.code, route: exchange.name };
  log.error(fields, error.code === 'INTERNAL' ? `a handler failed: ${describe(error.cause ?? thrown)}` : error.message);
}
