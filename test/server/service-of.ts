import 'reflect-metadata';
import assert from 'node:assert/strict';

import { Channels } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { Injector } from '#src/context/injector.js';
import type { Middleware } from '#src/context/middleware.js';
import type { GivenOptions } from '#src/options.js';
import { resolveOptions } from '#src/resolve-options.js';
import type { Class } from '#src/routing/route-options.js';
import { buildRouteTable } from '#src/routing/route-table.js';
import { injectedClasses } from '#src/server/build-endpoints.js';
import { createService } from '#src/server/create-service.js';
import type { WebSocketEndpoint } from '#src/server/endpoint.js';
import type { Service } from '#src/server/service.js';
import { silent } from '../silent-log.js';

export interface ServiceOptions extends GivenOptions {
  readonly use?: readonly Middleware[];
}

/** The service of some controllers, as an application has it, without a server around it. */
export function serviceOf(
  controllers: readonly Class[],
  { use = [], ...options }: ServiceOptions = {},
): Service & { injector: Injector } {
  const { routes, mistakes } = buildRouteTable(controllers);
  assert.deepEqual(mistakes, []);
  const injector = new Injector([[Channels, new MemoryChannels({ maxMessages: 10, maxAgeMs: 1000 })]]);
  assert.deepEqual(injector.inspect(injectedClasses(routes, use)), []);
  assert.deepEqual(injector.construct(), []);
  const channels = injector.resolve(Channels);
  return createService({
    settings: resolveOptions(options),
    routes,
    use,
    injector,
    channels,
    log: silent.log,
  });
}

/** What serves the connections of a path; it must be there. */
export function socketEndpointOf(service: Service, path: string): WebSocketEndpoint {
  const endpoint = service.sockets.match('GET', path)?.endpoint;
  assert.ok(endpoint !== undefined, path);
  return endpoint;
}
