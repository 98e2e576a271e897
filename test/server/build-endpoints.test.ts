import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { injectable } from 'tsyringe';

import { HttpContext } from '#src/context/http-context.js';
import type { Next } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { Use } from '#src/decorators/use.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { buildRouteTable } from '#src/routing/route-table.js';
import { injectedClasses } from '#src/server/build-endpoints.js';
import type { RequestEndpoint } from '#src/server/endpoint.js';
import { silent } from '../silent-log.js';
import { serviceOf, type ServiceOptions, socketEndpointOf } from './service-of.js';

function contextOf(id = 'x'): HttpContext {
  return new HttpContext({ method: 'GET', url: '/', headers: { 'x-request-id': id } }, {}, silent);
}

function requestEndpointOf(controller: new () => object, path: string, options?: ServiceOptions): RequestEndpoint {
  const endpoint = serviceOf([controller], options).requests.match('GET', path)?.endpoint;
  assert.ok(endpoint !== undefined, path);
  return endpoint;
}

const next: Next = () => Promise.resolve();
const first = () => 'first';
const second = () => 'second';

@injectable()
class Guard {
  handle() {
    return 'guard';
  }
}

/** Made for each request, as it injects its context. */
@injectable()
class Scoped {
  constructor(readonly context: HttpContext) {}
  handle() {
    return this.context.requestId;
  }
}

describe('injectedClasses', () => {
  it('are controllers and classes of middleware, each once; functions and mistakes are not', () => {
    @Controller()
    @Use(Guard, first)
    class Guarded {
      @Http('GET', '/') @Use(Scoped) get() {}
      @Http('POST', '/') post() {}
    }
    const { routes } = buildRouteTable([Guarded]);
    assert.deepEqual([...injectedClasses(routes, [])], [Guarded, Guard, Scoped]);
    // What plain JavaScript may hand over; checkRoutes tells of it.
    const wrong = [undefined, null, {}] as never[];
    assert.deepEqual([...injectedClasses([], [Guard, second, ...wrong])], [Guard]);
  });
});

describe('the endpoint of a request', () => {
  it('calls the method on the one instance of its controller', () => {
    @Controller()
    class Counter {
      #calls = 0;
      @Http('GET', '/') count(event: unknown) {
        return [event, (this.#calls += 1)];
      }
    }
    const { call, name, perRequest } = requestEndpointOf(Counter, '/');
    assert.deepEqual([name, perRequest], ['Counter.count', false]);
    assert.deepEqual(call('a', contextOf(), undefined), ['a', 1]);
    assert.deepEqual(call('b', contextOf(), undefined), ['b', 2]);
  });

  it('calls an inherited method, and the one that overrides it', () => {
    class Base {
      @Http('GET', '/kept') kept() {
        return 'base';
      }
      @Http('GET', '/changed') changed() {
        return 'base';
      }
    }
    @Controller()
    class Derived extends Base {
      override changed() {
        return 'derived';
      }
    }
    assert.equal(requestEndpointOf(Derived, '/kept').call({}, contextOf(), undefined), 'base');
    assert.equal(requestEndpointOf(Derived, '/changed').call({}, contextOf(), undefined), 'derived');
  });

  it('has the layers of application, class and method, outermost first', () => {
    @Controller()
    @Use(Guard)
    class Layered {
      @Http('GET', '/', { use: [second] }) get() {}
    }
    const { layers } = requestEndpointOf(Layered, '/', { use: [first] });
    assert.deepEqual(
      layers.map((layer) => layer(contextOf(), next, undefined)),
      ['first', 'guard', 'second'],
    );
  });

  it('has its own limit of time, or the application’s; an event stream too', () => {
    @Controller()
    class Timed {
      @Http('GET', '/own', { timeoutMs: 5 }) own() {}
      @Http('GET', '/none', { timeoutMs: 0 }) none() {}
      @Http('GET', '/default') usual() {}
      @Sse('/events', { timeoutMs: 6 }) events() {}
    }
    const timeouts = ['/own', '/none', '/default', '/events'].map(
      (path) => requestEndpointOf(Timed, path, { handlerTimeoutMs: 7 }).timeoutMs,
    );
    assert.deepEqual(timeouts, [5, 0, 7, 6]);
  });

  it('makes controller and middleware for the request where they ask for it, from its scope', async () => {
    @Controller()
    class PerRequest {
      constructor(readonly context: HttpContext) {}
      @Http('GET', '/') @Use(Scoped) get() {
        return this.context.requestId;
      }
    }
    const service = serviceOf([PerRequest]);
    const endpoint = service.requests.match('GET', '/')?.endpoint;
    assert.ok(endpoint?.perRequest === true);
    for (const id of ['one', 'two']) {
      const context = contextOf(id);
      const scope = service.injector.openScope(context);
      assert.equal(endpoint.call({}, context, scope), id);
      assert.equal(endpoint.layers[0]?.(context, next, scope), id);
      await scope.dispose();
    }
    assert.throws(() => endpoint.call({}, contextOf(), undefined), /PerRequest is made per request/);
  });

  it('is made for the request where only a middleware of the application asks for it', () => {
    @Controller()
    class Plain {
      @Http('GET', '/') get() {}
    }
    assert.equal(requestEndpointOf(Plain, '/', { use: [Scoped] }).perRequest, true);
    assert.equal(requestEndpointOf(Plain, '/', { use: [Guard] }).perRequest, false);
  });
});

class Message {
  @IsString() text!: string;
}
class Grouped {
  @IsInt({ groups: ['strict'] }) count!: number;
  @IsOptional({ groups: ['other'] }) note?: unknown;
}

describe('the endpoint of a WebSocket path', () => {
  it('sorts its handlers by moment, type and kind of frame', () => {
    @Controller()
    class Sorted {
      @WebSocket('/', { on: 'upgrade' }) upgrade() {}
      @WebSocket('/', { on: 'open' }) open() {}
      @WebSocket('/', { type: 'a' }) typedA(_message: Message) {}
      @WebSocket('/', { type: 'b' }) typedB(_message: unknown) {}
      @WebSocket('/') json(_message: unknown) {}
      @WebSocket('/') text(_message: string) {}
      @WebSocket('/') bytes(_message: Buffer) {}
      @WebSocket('/', { on: 'close' }) close() {}
      @WebSocket('/', { on: 'error' }) error() {}
    }
    const endpoint = socketEndpointOf(serviceOf([Sorted]), '/');
    const { upgrade, open, typed, json, text, binary, close, error } = endpoint;
    assert.equal(endpoint.name, 'Sorted /');
    assert.deepEqual(
      [upgrade, open, typed.get('a'), typed.get('b'), json, text, binary].map((handler) => handler?.name),
      ['upgrade', 'open', 'typedA', 'typedB', 'json', 'text', 'bytes'].map((method) => `Sorted.${method}`),
    );
    assert.ok(close !== undefined && error !== undefined);
  });

  it('has nothing where nothing is declared, and the application’s limits', () => {
    @Controller()
    class Bare {
      @WebSocket('/') said(_message: Message) {}
    }
    const service = serviceOf([Bare], { maxMessageBytes: 9, wsHeartbeatMs: 8, handlerTimeoutMs: 7, origins: ['o'] });
    const { layers, upgrade, open, typed, text, binary, close, error, protocols, ...rest } = socketEndpointOf(
      service,
      '/',
    );
    assert.deepEqual(
      [layers, upgrade, open, text, binary, close, error, protocols, typed.size],
      [[], ...Array<undefined>(6).fill(undefined), [], 0],
    );
    const { maxMessageBytes, heartbeatMs, timeoutMs, compress, origins } = rest;
    assert.deepEqual([maxMessageBytes, heartbeatMs, timeoutMs, compress, origins], [9, 8, 7, false, ['o']]);
  });

  it('has the options of whichever handler names them, 0 and false included', () => {
    @Controller()
    class Opted {
      @WebSocket('/', { on: 'open', heartbeatMs: 0, compress: true }) open() {}
      @WebSocket('/', { maxMessageBytes: 1, protocols: ['p'], origins: ['o'], compress: false }) said(_m: unknown) {}
    }
    const { heartbeatMs, compress, maxMessageBytes, protocols, origins } = socketEndpointOf(
      serviceOf([Opted], { wsHeartbeatMs: 8, maxMessageBytes: 9 }),
      '/',
    );
    assert.deepEqual([heartbeatMs, compress, maxMessageBytes, protocols, origins], [0, true, 1, ['p'], ['o']]);
  });

  it('pings as often as the platform needs it, whatever its own options say', () => {
    @Controller()
    class Rare {
      @WebSocket('/rare', { heartbeatMs: 60_000 }) rare(_m: unknown) {}
      @WebSocket('/never', { heartbeatMs: 0 }) never(_m: unknown) {}
      @WebSocket('/often', { heartbeatMs: 1000 }) often(_m: unknown) {}
    }
    const service = serviceOf([Rare], { wsIdleTimeoutMs: 10_000 });
    assert.deepEqual(
      ['/rare', '/never', '/often'].map((path) => socketEndpointOf(service, path).heartbeatMs),
      [5000, 5000, 1000],
    );
  });

  it('gives the upgrade the time of its upgrade handler, else of open, else the application’s', () => {
    @Controller()
    class Timed {
      @WebSocket('/both', { on: 'open', timeoutMs: 2 }) bothOpen() {}
      @WebSocket('/both', { on: 'upgrade', timeoutMs: 1 }) bothUpgrade() {}
      @WebSocket('/open', { on: 'open', timeoutMs: 2 }) open() {}
      @WebSocket('/message', { timeoutMs: 3 }) message(_message: unknown) {}
    }
    const service = serviceOf([Timed], { handlerTimeoutMs: 4 });
    const timeouts = ['/both', '/open', '/message'].map((path) => socketEndpointOf(service, path).timeoutMs);
    assert.deepEqual(timeouts, [1, 2, 4]);
    assert.equal(socketEndpointOf(service, '/message').json?.timeoutMs, 3);
  });

  it('runs a middleware of the class once, though it stands at every handler', () => {
    @Controller()
    @Use(Guard)
    class Guarded {
      @WebSocket('/', { on: 'open', use: [first] }) open() {}
      @WebSocket('/') said(_message: unknown) {}
    }
    const { layers } = socketEndpointOf(serviceOf([Guarded], { use: [second] }), '/');
    assert.deepEqual(
      layers.map((layer) => layer(contextOf(), next, undefined)),
      ['second', 'guard', 'first'],
    );
  });

  it('validates messages of a class in the groups of their handler, and leaves others as they are', async () => {
    @Controller()
    class Read {
      @WebSocket('/', { type: 'message' }) message(_message: Message) {}
      @WebSocket('/', { type: 'grouped', groups: ['strict'] }) grouped(_message: Grouped) {}
      @WebSocket('/', { type: 'loose', groups: ['other'] }) loose(_message: Grouped) {}
      @WebSocket('/', { type: 'plain' }) plain(_message: unknown) {}
    }
    const { typed } = socketEndpointOf(serviceOf([Read], { unknown: 'keep' }), '/');
    const read = async (type: string, value: unknown) => typed.get(type)?.readMessage(value);
    assert.ok((await read('message', { text: 'x' })) instanceof Message);
    await assert.rejects(read('message', { text: 1 }), { code: 'VALIDATION_FAILED' });
    await assert.rejects(read('grouped', { count: 'x' }), { code: 'VALIDATION_FAILED' });
    assert.ok((await read('loose', { count: 'x' })) instanceof Grouped);
    const plain = { anything: true };
    assert.equal(await read('plain', plain), plain);
  });

  it('limits the time of close and error handlers, and lets those that wait for nothing pass', async () => {
    let calls = 0;
    @Controller()
    class Ending {
      @WebSocket('/slow', { on: 'close', timeoutMs: 1 }) slow() {
        return new Promise<void>(() => {});
      }
      @WebSocket('/quick', { on: 'error' }) quick() {
        return (calls += 1);
      }
    }
    const service = serviceOf([Ending], { handlerTimeoutMs: 60_000 });
    await assert.rejects(async () => socketEndpointOf(service, '/slow').close?.({}, contextOf(), undefined), {
      code: 'HANDLER_TIMEOUT',
    });
    assert.equal(socketEndpointOf(service, '/quick').error?.({}, contextOf(), undefined), 1);
    assert.equal(calls, 1);
  });

  it('is made for the connection where one of its handlers’ middleware asks for it', () => {
    @Controller()
    class Mixed {
      @WebSocket('/', { on: 'open' }) open() {}
      @WebSocket('/', { use: [Scoped] }) said(_message: unknown) {}
      @WebSocket('/other') other(_message: unknown) {}
    }
    const service = serviceOf([Mixed]);
    assert.equal(socketEndpointOf(service, '/').perRequest, true);
    assert.equal(socketEndpointOf(service, '/other').perRequest, false);
  });
});
