import { Injector, type Provision } from '../context/injector.js';
import { isMiddlewareClass } from '../context/middleware.js';
import { Channels } from '../channels/channels.js';
import { StartupError } from '../errors/startup-error.js';
import { controllerFile } from '../routing/route-records.js';
import { buildRouteTable } from '../routing/route-table.js';
import type { Router } from '../routing/router.js';
import type { Route } from '../routing/route.js';
import { EndpointBuilder, injectedClasses } from '../server/build-endpoints.js';
import { checkRoutes } from '../server/check-routes.js';
import type { RequestEndpoint, WebSocketEndpoint } from '../server/endpoint.js';
import { requestRouter, socketRouter } from '../server/endpoint-routers.js';
import { warnOfHeartbeats } from '../server/heartbeats.js';
import type { FunctionHost } from '../server/function-table.js';
import type { FunctionExports } from './function-exports.js';
import type { FoundFunction } from './function-unit.js';
import { plainEndpoint } from './plain-endpoint.js';
import { plainSocketEndpoint } from './plain-socket.js';

/** A loaded function: what answers below its paths. */
export interface ServedFunction {
  /** The routes of its controllers, mounted below each of its paths. */
  readonly routes: readonly Route[];
  readonly requests: Router<RequestEndpoint>;
  readonly sockets: Router<WebSocketEndpoint>;
  /** Its plain function, for what no controller of it answers. */
  readonly main: RequestEndpoint | undefined;
  /** The same for WebSockets, where it has `handleUpgrade`. */
  readonly mainSocket: WebSocketEndpoint | undefined;
  /** Its own container, where it brings one. */
  readonly injector: Injector | undefined;
}

/**
 * Makes a loaded function's endpoints: controllers are checked, filled and mounted as the application's own are.
 * @throws StartupError for the mistakes of its controllers.
 */
export function serveFunction(found: FoundFunction, exports: FunctionExports, host: FunctionHost): ServedFunction {
  const { controllers, use, main } = exports;
  const mistakes = [];
  const routes: Route[] = [];
  for (const path of controllers.length === 0 ? [] : found.paths) {
    const table = buildRouteTable(controllers, path);
    routes.push(...table.routes.map((route) => ({ ...route, use: [...use, ...route.use] })));
    mistakes.push(...table.mistakes);
  }
  const all = [...host.defaults.use, ...use];
  mistakes.push(...checkRoutes(routes, all));
  const own = exports.container === undefined ? undefined : new Injector(provisionsOf(host), exports.container);
  const injector = own ?? host.injector;
  if (mistakes.length > 0) throw new StartupError(mistakes);
  mistakes.push(...injector.inspect(injectedClasses(routes, all), controllerFile));
  if (mistakes.length > 0) throw new StartupError(mistakes);
  mistakes.push(...injector.construct());
  if (mistakes.length > 0) throw new StartupError(mistakes);

  const builder = new EndpointBuilder(injector, host.defaults);
  const built = builder.build(routes);
  const requests = requestRouter(built.requests, mistakes);
  const sockets = socketRouter(built.sockets, mistakes);
  if (mistakes.length > 0) throw new StartupError(mistakes);
  warnOfHeartbeats(routes, host.defaults.wsIdleTimeoutMs, host.log);
  const perRequest = all.some((each) => isMiddlewareClass(each) && injector.isPerRequest(each));
  const { label: name, shownFile: file } = found;
  const layers = builder.layers(all);
  const parts = {
    name,
    file,
    layers,
    perRequest,
    defaults: host.defaults,
    extendedContextKey: host.extendedContextKey,
  };
  return {
    routes,
    requests,
    sockets,
    main: main === undefined ? undefined : plainEndpoint({ ...parts, main }),
    mainSocket: main?.handleUpgrade === undefined ? undefined : plainSocketEndpoint({ ...parts, main }, host),
    injector: own,
  };
}

/** What a container of a function's own has of the application's: its channels, which reach all sockets, its middleware. */
function provisionsOf({ injector, channels, defaults }: FunctionHost): Provision[] {
  const provisions: Provision[] = [[Channels, channels]];
  for (const middleware of defaults.use) {
    if (!isMiddlewareClass(middleware) || injector.isPerRequest(middleware)) continue;
    provisions.push([middleware, injector.resolve(middleware)]);
  }
  return provisions;
}
