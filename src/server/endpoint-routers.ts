import type { StartupMistake } from '../errors/startup-error.js';
import { Router } from '../routing/router.js';
import { routeName } from '../routing/route.js';
import type { RequestEndpoint, WebSocketEndpoint } from './endpoint.js';

/** Matches requests to their endpoints. @param mistakes is given each path that the router refuses. */
export function requestRouter(
  endpoints: readonly RequestEndpoint[],
  mistakes: StartupMistake[],
): Router<RequestEndpoint> {
  const router = new Router<RequestEndpoint>();
  for (const endpoint of endpoints) {
    const { methods, path, file } = endpoint.route;
    collect({ where: routeName(endpoint.route), file }, mistakes, () => router.add(methods, path, endpoint));
  }
  return router;
}

/** The same for upgrades. */
export function socketRouter(
  endpoints: readonly WebSocketEndpoint[],
  mistakes: StartupMistake[],
): Router<WebSocketEndpoint> {
  const router = new Router<WebSocketEndpoint>();
  for (const endpoint of endpoints) {
    const { name: where, file, path } = endpoint;
    collect({ where, file }, mistakes, () => router.add(['GET'], path, endpoint));
  }
  return router;
}

/** A path that the router refuses, for reasons of its own: an unsafe regular expression, two names for one place. */
function collect(at: { where: string; file?: string | undefined }, mistakes: StartupMistake[], add: () => void): void {
  try {
    add();
  } catch (error) {
    const problem = `the router refuses its path: ${error instanceof Error ? error.message : String(error)}`;
    mistakes.push({ ...at, problem, remedy: 'write the path in another way' });
  }
}
