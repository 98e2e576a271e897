import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import type { FunctionHost } from '../server/function-table.js';

/**
 * Answers 429 while this many requests, event streams and WebSockets are open (option `concurrencyLimit`). Each counts
 * until its connection or answer has ended, not only until its function has returned.
 *
 * @param host what the server has, once there is one.
 */
export function concurrencyLimit(limit: number, host: () => FunctionHost | undefined): MiddlewareFunction {
  return (_context, next) => {
    const running = host();
    // This request is among them already.
    if (running !== undefined && isOver(limit, running)) {
      throw new HttpError(429, 'Too Many Requests.', { code: 'TOO_MANY_REQUESTS', headers: { 'Retry-After': '1' } });
    }
    return next();
  };
}

function isOver(limit: number, { inFlight, live }: FunctionHost): boolean {
  // An event stream is among both: counted exactly only where it could matter.
  if (inFlight.size + live.size <= limit) return false;
  let streams = 0;
  for (const { stream } of inFlight) if (stream?.closed === false) streams += 1;
  return inFlight.size + live.size - streams > limit;
}
