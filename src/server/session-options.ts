import type { WebSocketOptions } from '../routing/route-options.js';
import type { WebSocketEndpoint } from './endpoint.js';

/**
 * What the option `resume` of a WebSocket path comes to.
 * @param withinMs how long a client may stay away where the route does not say so
 */
export function sessionOptionsOf(
  resume: WebSocketOptions['resume'],
  withinMs: number,
): Pick<WebSocketEndpoint, 'resumeMs' | 'identityOf'> {
  const options = typeof resume === 'object' ? resume : {};
  return {
    resumeMs: resume === undefined || resume === false ? 0 : (options.withinMs ?? withinMs),
    // Guards leave it there; the state is the application's own to type.
    identityOf: options.identity ?? (({ state }) => (state as { identity?: unknown }).identity),
  };
}
