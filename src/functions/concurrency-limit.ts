import { HttpError } from '../errors/http-error.js';
import type { FunctionHost } from '../server/function-table.js';

/**
 * Whether one request or WebSocket more would be more than may be open at once (option `concurrencyLimit`). Each counts
 * until its answer or connection has ended, not only until its function has returned.
 */
export function isOverLimit({ settings, inFlight, live }: FunctionHost): boolean {
  const limit = settings.concurrencyLimit;
  // An event stream is among both: counted exactly only where it could matter.
  if (limit === 0 || inFlight.size + live.size < limit) return false;
  let streams = 0;
  for (const { stream } of inFlight) if (stream?.closed === false) streams += 1;
  return inFlight.size + live.size - streams >= limit;
}

/** What is answered then. */
export function tooManyRequests(): HttpError {
  return new HttpError(429, 'Too Many Requests.', { code: 'TOO_MANY_REQUESTS', headers: { 'Retry-After': '1' } });
}
