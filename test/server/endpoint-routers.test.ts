import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Injector } from '#src/context/injector.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import type { StartupMistake } from '#src/errors/startup-error.js';
import { resolveOptions } from '#src/resolve-options.js';
import { buildRouteTable } from '#src/routing/route-table.js';
import { EndpointBuilder } from '#src/server/build-endpoints.js';
import { requestRouter, socketRouter } from '#src/server/endpoint-routers.js';

@Controller('/a')
class AController {
  @Http('GET', '/:id')
  get(): void {}

  @Http('GET', '/unsafe/:x((a+)+)')
  unsafe(): void {}

  @WebSocket('/live')
  live(): void {}
}

describe('the routers of endpoints', () => {
  const settings = resolveOptions({});
  const injector = new Injector([]);
  injector.inspect([AController]);
  injector.construct();
  const { routes } = buildRouteTable([AController], '/mount');
  const built = new EndpointBuilder(injector, { ...settings, limits: settings, use: [] }).build(routes);

  it('match what the endpoints’ routes say, below where they are mounted', () => {
    const mistakes: StartupMistake[] = [];
    const requests = requestRouter(built.requests, mistakes);
    const sockets = socketRouter(built.sockets, mistakes);
    assert.equal(requests.match('GET', '/mount/a/5')?.endpoint.name, 'AController.get');
    assert.equal(requests.match('GET', '/a/5'), undefined);
    assert.equal(sockets.match('GET', '/mount/a/live')?.endpoint.path, '/mount/a/live');
  });

  it('give back the paths that the router refuses as mistakes', () => {
    const mistakes: StartupMistake[] = [];
    requestRouter(built.requests, mistakes);
    assert.deepEqual(
      mistakes.map(({ where, remedy }) => [where, remedy]),
      [['AController.unsafe', 'write the path in another way']],
    );
  });
});
