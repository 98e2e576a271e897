import type { HttpContext } from '../context/http-context.js';
import { isOwnOrigin } from '../context/own-origin.js';

/** Whether an `Origin` is a page of this server's own host, also as a trusted proxy names that. */
export function isSameOrigin(origin: string, context: HttpContext): boolean {
  if (isOwnOrigin(origin, context.headers.host)) return true;
  try {
    // The one place that knows whether the proxy is trusted.
    const { host } = new URL(context.httpContext.url);
    return isOwnOrigin(origin, host);
  } catch {
    return false; // a Host header that is none
  }
}
