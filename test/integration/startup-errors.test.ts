import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsInt, IsString } from 'class-validator';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { Use } from '#src/decorators/use.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import type { Middleware } from '#src/context/middleware.js';
import { mistakeOf, mistakesOf } from '../mistakes-of.js';

/** As the compiler would have told it of a class that was imported with `import type`, or in a circle. */
function retype(controller: { prototype: object }, method: string, types: readonly unknown[]): void {
  Reflect.defineMetadata('design:paramtypes', types, controller.prototype, method);
}

describe('two routes that answer the same request', () => {
  it('are one mistake that names both, the file and the remedy, whatever their parameters are called', () => {
    @Controller('/orders')
    class Orders {
      @Http('GET', '/:id') find() {}
      @Http('GET', '/:name') named() {}
    }
    const { where, file, problem, remedy } = mistakeOf({ controllers: [Orders] });
    assert.equal(where, 'Orders.named');
    assert.match(file ?? '', /startup-errors\.test\.[tj]s:\d+$/);
    assert.equal(problem, 'GET /orders/:name answers the same requests as GET /orders/:id of Orders.find');
    assert.match(remedy, /change the path or the method/);
  });

  it('are found in two classes, with and without a slash at the end, in a prefix or in a path', () => {
    @Controller('/a')
    class First {
      @Http(['PUT', 'POST'], '/b/') one() {}
    }
    @Controller()
    class Second {
      @Http('POST', 'a/b') two() {}
    }
    assert.match(mistakeOf({ controllers: [First, Second] }).problem, /^POST \/a\/b answers .* of First\.one$/);
  });

  it('are found between SSE and GET, and between ALL and GET', () => {
    @Controller()
    class Mixed {
      @Http('GET', '/events') get() {}
      @Sse('/events') stream() {}
      @Http('ALL', '/all') all() {}
      @Http('GET', '/all') one() {}
    }
    assert.deepEqual(
      mistakesOf({ controllers: [Mixed] }).map(({ problem }) => problem),
      [
        'SSE /events answers the same requests as GET /events of Mixed.get',
        'GET /all answers the same requests as ALL /all of Mixed.all',
      ],
    );
  });

  it('are no mistake where the methods differ, or a regular expression tells them apart', () => {
    @Controller()
    class Distinct {
      @Http('GET', '/x/:id') get() {}
      @Http('DELETE', '/x/:id') remove() {}
      @Http('GET', '/x/:number(^\\d+$)') number() {}
      @WebSocket('/x/:id') message(_event: string) {}
      @WebSocket('/x/:id') json(_event: object) {}
      @WebSocket('/x/:id') bytes(_event: Buffer) {}
    }
    @Controller()
    class Wrong {
      @Http('GET', '/x') none() {}
      @Http('GET', '/x') again() {}
    }
    assert.equal(mistakesOf({ controllers: [Distinct, Wrong] }).length, 1);
  });
});

describe('a WebSocket path', () => {
  it('has one handler for each moment and type', () => {
    @Controller()
    class Chat {
      @WebSocket('/chat', { on: 'open' }) first() {}
      @WebSocket('/chat', { on: 'open' }) second() {}
      @WebSocket('/chat', { type: 'say' }) say(_event: unknown) {}
      @WebSocket('/chat', { type: 'say' }) again(_event: unknown) {}
    }
    assert.deepEqual(
      mistakesOf({ controllers: [Chat] }).map(({ where, problem }) => `${where}: ${problem}`),
      [
        'Chat.second: WS /chat (open) answers the same requests as WS /chat (open) of Chat.first',
        'Chat.again: WS /chat (message "say") answers the same requests as WS /chat (message "say") of Chat.say',
      ],
    );
  });

  it('is served by one class', () => {
    @Controller()
    class One {
      @WebSocket('/chat', { on: 'open' }) open() {}
    }
    @Controller()
    class Two {
      @WebSocket('/chat') message(_event: string) {}
    }
    const { where, problem } = mistakeOf({ controllers: [One, Two] });
    assert.deepEqual([where, problem], ['Two.message', 'WS /chat is served by One already']);
  });

  it('names its parameters the same at every handler', () => {
    @Controller()
    class Rooms {
      @WebSocket('/:room', { on: 'open' }) open() {}
      @WebSocket('/:name') message(_event: string) {}
    }
    const { where, problem } = mistakeOf({ controllers: [Rooms] });
    assert.equal(where, 'Rooms.message');
    assert.match(problem, /WS \/:name is the same path as WS \/:room of Rooms\.open/);
  });
});

describe('an event', () => {
  class FindOrder {
    @IsInt() number!: number;
  }

  it('whose class was undefined at decoration time is a mistake', () => {
    @Controller()
    class Orders {
      @Http('GET', '/') find(_event: unknown) {}
    }
    retype(Orders, 'find', [undefined]);
    const { where, problem } = mistakeOf({ controllers: [Orders] });
    assert.equal(where, 'Orders.find');
    assert.match(problem, /undefined when the file was loaded: an import circle/);
  });

  it('whose class is imported by `import type` is a mistake', () => {
    @Controller()
    class Orders {
      @Http('GET', '/') find(_event: unknown) {}
    }
    retype(Orders, 'find', [Function]);
    const { problem, remedy } = mistakeOf({ controllers: [Orders] });
    assert.match(problem, /imported with `import type`/);
    assert.match(remedy, /import it as a value/);
  });

  it('that reads no path parameter is a mistake for each parameter', () => {
    @Controller('/orders')
    class Orders {
      @Http('GET', '/:id/:line') find(_event: FindOrder) {}
    }
    assert.deepEqual(
      mistakesOf({ controllers: [Orders] }).map(({ problem }) => problem),
      [
        "the path's parameter :id is read by no property of FindOrder",
        "the path's parameter :line is read by no property of FindOrder",
      ],
    );
  });

  it('of upgrade and open may share the path’s parameters; what neither reads is a mistake', () => {
    class Room {
      @IsString() room!: string;
    }
    @Controller()
    class Chat {
      @WebSocket('/:room/:seat', { on: 'upgrade' }) upgrade(_event: Room) {}
      @WebSocket('/:room/:seat', { on: 'open' }) open(_event: Room) {}
    }
    assert.equal(
      mistakeOf({ controllers: [Chat] }).problem,
      "the path's parameter :seat is read by no property of Room and Room",
    );
  });

  it('without any property with a rule is a mistake', () => {
    class Nothing {}
    @Controller()
    class Orders {
      @Http('POST', '/') place(_event: Nothing) {}
    }
    assert.match(mistakeOf({ controllers: [Orders] }).problem, /Nothing/);
  });
});

describe('a controller', () => {
  it('that is undefined is a mistake', () => {
    const { where, problem } = mistakeOf({ controllers: [undefined as never] }); // what a circle leaves in the array
    assert.equal(where, 'controllers');
    assert.match(problem, /undefined: it is imported in a circle/);
  });

  it('without handlers is a mistake that names its file', () => {
    @Controller()
    class Empty {}
    class Plain {}
    const [empty, plain] = mistakesOf({ controllers: [Empty, Plain] });
    assert.deepEqual([empty?.where, plain?.where], ['Empty', 'Plain']);
    assert.match(empty?.file ?? '', /startup-errors\.test/);
    assert.match(empty?.problem ?? '', /no method of it is decorated/);
  });

  it('with @Use at a method that is no handler is a mistake', () => {
    @Controller()
    class Orders {
      @Http('GET', '/') find() {}
      @Use(() => undefined) helper() {}
    }
    const { where, problem } = mistakeOf({ controllers: [Orders] });
    assert.deepEqual([where, problem], ['Orders.helper', '@Use stands at a method that is no handler']);
  });

  for (const [path, wrong] of [
    ['/a?b=1', 'a path holds neither ? nor #'],
    ['/a#b', 'a path holds neither ? nor #'],
    ['/a b', 'a path holds no blanks'],
    ['/a*', 'a wildcard * stands alone in the last segment'],
    ['/*/b', 'a wildcard * stands alone in the last segment'],
    ['/:a/:a', 'the parameter :a stands twice'],
    ['/:1', 'a parameter is a colon and a name, such as :id'],
  ] as const) {
    it(`with the path ${path} is a mistake`, () => {
      @Controller()
      class Orders {
        @Http('GET', path) find() {}
      }
      assert.equal(mistakeOf({ controllers: [Orders] }).problem, `the path ${path} cannot be served: ${wrong}`);
    });
  }

  it('with a regular expression that may take for ever is a mistake', () => {
    @Controller()
    class Orders {
      @Http('GET', '/:a(^(x+x+)+y$)') find() {}
    }
    assert.match(mistakeOf({ controllers: [Orders] }).problem, /the router refuses its path/);
  });

  it('with limits that are no numbers is a mistake for each, as such a limit would be none', () => {
    @Controller()
    class Orders {
      @Http('POST', '/', { maxBodyBytes: Number.NaN, timeoutMs: -1, status: 99 }) place() {}
      @Sse('/events', { heartbeatMs: 1.5, retryMs: Number.POSITIVE_INFINITY }) events() {}
      @WebSocket('/socket', { maxMessageBytes: '1mb' as never }) message(_event: string) {}
    }
    assert.deepEqual(
      mistakesOf({ controllers: [Orders] }).map(({ problem }) => problem),
      [
        'option maxBodyBytes: NaN is not allowed',
        'option timeoutMs: -1 is not allowed',
        'option status: 99 is not allowed',
        'option heartbeatMs: 1.5 is not allowed',
        'option retryMs: Infinity is not allowed',
        'option maxMessageBytes: a string is not allowed',
      ],
    );
  });

  it('with an option that does not exist is a mistake', () => {
    @Controller()
    class Orders {
      @Http('POST', '/', { timeout: 5 } as object) place() {}
    }
    assert.equal(mistakeOf({ controllers: [Orders] }).problem, 'there is no option timeout here');
  });
});

describe('a middleware', () => {
  const withUse = (middleware: unknown) => {
    @Controller()
    class Orders {
      @Use(middleware as Middleware) @Http('GET', '/') find() {} // what a circle or plain JavaScript may leave there
    }
    return mistakeOf({ controllers: [Orders] });
  };

  it('that is undefined, an instance, or a class without `handle` is a mistake', () => {
    class NoHandle {}
    assert.match(withUse(undefined).problem, /a middleware is undefined/);
    assert.match(withUse({ handle: () => undefined }).problem, /a middleware is of type object/);
    const { where, problem, remedy } = withUse(NoHandle);
    assert.equal(where, 'Orders.find');
    assert.equal(problem, 'the middleware class NoHandle has no method `handle`');
    assert.match(remedy, /add `handle\(context, next\)`/);
  });

  it('of the application is looked at too, and reported once', () => {
    @Controller()
    class Orders {
      @Http('GET', '/') find() {}
    }
    assert.equal(mistakeOf({ controllers: [Orders], use: [undefined as never] }).where, 'option use');
  });
});

describe('several mistakes', () => {
  it('of routes, events and constructors are told at once', () => {
    @Controller()
    class Orders {
      constructor(readonly url: string) {}
      @Http('GET', '/a b') first() {}
      @Http('GET', '/x') second() {}
      @Http('GET', '/x') third() {}
    }
    assert.deepEqual(
      mistakesOf({ controllers: [Orders] }).map(({ where }) => where),
      ['Orders.first', 'Orders.third', 'Orders'],
    );
  });
});
