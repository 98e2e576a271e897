import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { Use } from '#src/decorators/use.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { buildRouteTable, describeRoute, printRoutes } from '#src/routing/route-table.js';

const layer = (name: string) => Object.assign(() => undefined, { label: name });
const labels = (use: readonly unknown[]) => use.map((each) => (each as { label: string }).label);

describe('buildRouteTable', () => {
  it('joins prefix and path, and names the parameters in order', () => {
    @Controller('orders/')
    class Orders {
      @Http('GET', '') list() {}
      @Http('GET', '/') none() {}
      @Http('POST', ':id/lines/:line/*') line() {}
    }
    const { routes } = buildRouteTable([Orders]);
    assert.deepEqual(
      routes.map(({ path, parameters }) => [path, ...parameters]),
      [['/orders'], ['/orders'], ['/orders/:id/lines/:line/*', 'id', 'line', '*']],
    );
  });

  it('takes a class once, however often it is named', () => {
    @Controller()
    class Orders {
      @Http('GET', '/') get() {}
    }
    const { routes, mistakes } = buildRouteTable([Orders, Orders]);
    assert.deepEqual([routes.length, mistakes.length], [1, 0]);
  });

  it('makes one route of each decorator of a method', () => {
    @Controller()
    class Orders {
      @Http('GET', '/a') @Http('GET', '/b') get() {}
    }
    assert.deepEqual(
      buildRouteTable([Orders])
        .routes.map(({ path }) => path)
        .sort(),
      ['/a', '/b'],
    );
  });

  it('orders middleware: options of the class, @Use of the class, options of the route, @Use of the method', () => {
    @Use(layer('c'), layer('d'))
    @Controller('', { use: [layer('a'), layer('b')] })
    class Orders {
      @Use(layer('f'))
      @Use(layer('g'))
      @Http('GET', '/', { use: [layer('e')] })
      get() {}
    }
    const [route] = buildRouteTable([Orders]).routes;
    assert.deepEqual(labels(route?.use ?? []), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('tells the first parameter’s type, and that there is none', () => {
    class Event {}
    @Controller()
    class Orders {
      @Http('GET', '/none') none() {}
      @Http('GET', '/class') some(_event: Event) {}
      @Http('GET', '/text') text(_event: string) {}
    }
    assert.deepEqual(
      buildRouteTable([Orders]).routes.map(({ eventType }) => eventType),
      [undefined, Event, String],
    );
  });

  it('gives a subclass its parent’s routes under its own prefix, with what it overrides', () => {
    @Use(layer('parent'))
    class Base {
      @Http('GET', '/a') a() {}
      @Use(layer('b')) @Http('GET', '/b') b() {}
      @Http('GET', '/c') c() {}
    }
    @Use(layer('child'))
    @Controller('/child')
    class Child extends Base {
      @Http('GET', '/other') override a() {}
      @Use(layer('b2')) override b() {}
      override c() {}
    }
    const { routes, mistakes } = buildRouteTable([Child]);
    assert.deepEqual(mistakes, []);
    assert.deepEqual(
      routes.map(({ path, controller, use }) => [path, controller.name, ...labels(use)]),
      [
        ['/child/other', 'Child', 'parent', 'child'],
        ['/child/b', 'Child', 'parent', 'child', 'b', 'b2'],
        ['/child/c', 'Child', 'parent', 'child'],
      ],
    );
  });
});

describe('printRoutes', () => {
  it('lists routes by path in columns', () => {
    @Controller('/chat')
    class Chat {
      @WebSocket('/', { type: 'say' }) say(_event: unknown) {}
      @WebSocket('/', { on: 'open' }) open() {}
      @Sse('/events', { method: 'POST' }) events() {}
      @Http('ALL', '/all') all() {}
      @Http(['PUT', 'PATCH'], '/:id') change() {}
    }
    const { routes } = buildRouteTable([Chat]);
    assert.deepEqual(printRoutes(routes).split('\n'), [
      '  WS         /chat         Chat.say (message "say")',
      '  WS         /chat         Chat.open (open)',
      '  PUT,PATCH  /chat/:id     Chat.change',
      '  ALL        /chat/all     Chat.all',
      '  SSE POST   /chat/events  Chat.events',
    ]);
    assert.deepEqual(routes.map(describeRoute).slice(0, 3), [
      'WS /chat (message "say")',
      'WS /chat (open)',
      'SSE POST /chat/events',
    ]);
    assert.equal(printRoutes([]), '');
  });
});
