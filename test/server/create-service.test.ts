import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { StartupError, type StartupMistake } from '#src/errors/startup-error.js';
import type { Class } from '#src/routing/route-options.js';
import { serviceOf } from './service-of.js';

@Controller()
class Things {
  @Http('GET', '/things/:id') find() {}
  @WebSocket('/things/:id') said() {}
}

function mistakesOf(...controllers: Class[]): readonly StartupMistake[] {
  try {
    serviceOf(controllers);
  } catch (error) {
    assert.ok(error instanceof StartupError, String(error));
    return error.mistakes;
  }
  assert.fail('the service was made');
}

describe('createService', () => {
  it('routes requests and upgrades apart, each to its own endpoint', () => {
    const { requests, sockets } = serviceOf([Things]);
    const [request, socket] = [requests.match('GET', '/things/1?x=2'), sockets.match('GET', '/things/2')];
    assert.deepEqual([request?.endpoint.name, request?.params['id']], ['Things.find', '1']);
    assert.deepEqual([socket?.endpoint.name, socket?.params['id']], ['Things /things/:id', '2']);
    assert.equal(sockets.match('POST', '/things/2'), undefined);
  });

  it('begins with nothing in flight', () => {
    const { inFlight, releasing, live, received, draining } = serviceOf([Things]);
    assert.deepEqual([inFlight.size, releasing.size, live.size, received, draining], [0, 0, 0, 0, false]);
  });

  it('shares nothing with another service', () => {
    const [one, two] = [serviceOf([Things]), serviceOf([Things])];
    for (const part of ['inFlight', 'live', 'heartbeats', 'handlerTimes', 'channels', 'releasing'] as const) {
      assert.notEqual(one[part], two[part], part);
    }
  });

  it('reads the name of the extended context’s header in lower case, as node writes headers', () => {
    const { contexts } = serviceOf([Things], { extendedContextKey: 'X-Cloud-Context', trustProxy: true });
    assert.deepEqual([contexts.extendedContextKey, contexts.trustProxy], ['x-cloud-context', true]);
  });

  it('keeps the running context only where the option asks for it', () => {
    assert.equal(serviceOf([Things]).currentContext, undefined);
    assert.notEqual(serviceOf([Things], { currentContext: true }).currentContext, undefined);
  });

  it('tells every path that the router refuses, with what handles it and where', () => {
    @Controller()
    class Unsafe {
      @Http('GET', '/a/:id((a+)+b)') get() {}
      @Http('POST', '/fine') fine() {}
      @WebSocket('/b/:id((a+)+b)') said() {}
    }
    const mistakes = mistakesOf(Unsafe);
    assert.deepEqual(
      mistakes.map(({ where }) => where),
      ['Unsafe.get', 'Unsafe /b/:id((a+)+b)'],
    );
    for (const { problem, remedy } of mistakes) {
      assert.match(problem, /^the router refuses its path: .*not safe/);
      assert.equal(remedy, 'write the path in another way');
    }
    for (const { file } of mistakes) assert.match(file ?? '', /create-service\.test\.[tj]s:\d+$/);
  });
});
