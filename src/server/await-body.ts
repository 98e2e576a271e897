import type { IncomingMessage } from 'node:http';

import { type BodyAwaiter, ServerRequest } from '../body/server-request.js';
import { METHODS_WITH_BODY } from './event-readers.js';
import { type Exchange, isMultipart } from './exchange.js';

/**
 * Has a short body come before the request goes on: its handler then begins without a promise, in the very turn in which
 * the last byte came, which is the request's own for most. What is long, compressed, a form with files, of unknown
 * length or not yet allowed to be sent is read when it is asked for; and so is what a middleware may want to refuse
 * unread.
 *
 * @returns whether it goes on later, by `awaiter`.
 */
export function awaitBody(exchange: Exchange, awaiter: BodyAwaiter<Exchange>): boolean {
  const { endpoint, request } = exchange;
  if (!exchange.announcesBody || exchange.expectsContinue || exchange.refusal !== undefined) return false;
  if (endpoint === undefined || endpoint.layers.length > 0 || exchange.platformCall !== undefined) return false;
  if (!METHODS_WITH_BODY.has(request.method ?? '') || !isShort(request, endpoint.awaitedBytes)) return false;
  if (!(request instanceof ServerRequest) || !request.awaitable) return false;
  exchange.reading = true;
  request.awaitBody(exchange, awaiter);
  return true;
}

function isShort(request: IncomingMessage, limit: number): boolean {
  const { headers } = request;
  const length = headers['content-length'];
  if (length === undefined || headers['transfer-encoding'] !== undefined) return false;
  const bytes = Number(length);
  if (bytes === 0 || bytes > limit || headers['content-encoding'] !== undefined) return false;
  return !isMultipart(request);
}
