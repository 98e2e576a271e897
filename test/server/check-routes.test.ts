import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { IsInt, IsString } from 'class-validator';

import type { Middleware } from '#src/context/middleware.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { CloseEvent } from '#src/context/web-socket-connection.js';
import { Controller } from '#src/decorators/controller.js';
import { FromPath } from '#src/decorators/from.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { Use } from '#src/decorators/use.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import type { StartupMistake } from '#src/errors/startup-error.js';
import type { Class } from '#src/routing/route-options.js';
import { buildRouteTable } from '#src/routing/route-table.js';
import { checkRoutes } from '#src/server/check-routes.js';

/** What is wrong with these routes, once their table is made; the table itself must be in order. */
function check(controllers: readonly Class[], use: readonly Middleware[] = []): StartupMistake[] {
  const { routes, mistakes } = buildRouteTable(controllers);
  assert.deepEqual(mistakes, []);
  const found = checkRoutes(routes, use);
  for (const { where, problem, remedy } of found) assert.ok(where !== '' && problem !== '' && remedy !== '');
  return found;
}

function problems(controllers: readonly Class[], use?: readonly Middleware[]): string[] {
  return check(controllers, use).map(({ where, problem }) => `${where}: ${problem}`);
}

class ById {
  @IsInt() id!: number;
}
class ByName {
  @IsString() name!: string;
}
class Rest {
  @FromPath('*') rest!: string;
}

describe('checkRoutes', () => {
  it('finds nothing in routes that are in order', () => {
    @Controller('/a')
    class Fine {
      @Http('GET', '/:id') get(_event: ById) {}
      @Http('POST', '/') post(_event: ByName) {}
      @Http('PUT', '/') put(_event: Readable) {}
      @Sse('/events/:id') events(_event: ById) {}
      @WebSocket('/live/:id', { on: 'upgrade' }) upgrade(_event: ById) {}
      @WebSocket('/live/:id') said(_message: ByName) {}
      @WebSocket('/live/:id', { on: 'close' }) closed(_event: CloseEvent) {}
    }
    assert.deepEqual(check([Fine], [() => undefined]), []);
  });

  it('asks for every parameter of a path to be read, a wildcard too', () => {
    @Controller()
    class Unread {
      @Http('GET', '/:id/:part') two(_event: ById) {}
      @Http('GET', '/files/*') rest(_event: ByName) {}
      @Http('GET', '/known/*') known(_event: Rest) {}
      @Http('GET', '/plain/:id') plain(_event: unknown) {}
      @Http('GET', '/none/:id') none() {}
    }
    const found = check([Unread]);
    assert.deepEqual(
      found.map(({ where, problem }) => `${where}: ${problem}`),
      [
        "Unread.two: the path's parameter :part is read by no property of ById",
        "Unread.rest: the path's parameter :* is read by no property of ByName",
      ],
    );
    assert.match(found[1]?.remedy ?? '', /@FromPath\('\*'\)/);
    assert.match(found[0]?.file ?? '', /check-routes\.test\.[tj]s:\d+$/);
  });

  it('lets upgrade and open share the parameters of a WebSocket path, and asks nothing of its messages', () => {
    @Controller()
    class Shared {
      @WebSocket('/:id/:name', { on: 'upgrade' }) upgrade(_event: ById) {}
      @WebSocket('/:id/:name', { on: 'open' }) open(_event: ByName) {}
      @WebSocket('/:id/:name') said(_message: ById) {}
      @WebSocket('/alone/:room') alone(_message: ById) {}
    }
    assert.deepEqual(problems([Shared]), []);
    @Controller()
    class Missed {
      @WebSocket('/:id/:room', { on: 'upgrade' }) upgrade(_event: ById) {}
      @WebSocket('/:id/:room', { on: 'open' }) open(_event: ByName) {}
    }
    assert.deepEqual(problems([Missed]), [
      "Missed /:id/:room: the path's parameter :room is read by no property of ById and ByName",
    ]);
  });

  it('tells of an event that cannot be one: a context, a stream of a WebSocket', () => {
    @Controller()
    class Events {
      @WebSocket('/a', { on: 'upgrade' }) context(_context: UpgradeContext) {}
      @WebSocket('/b') stream(_body: Readable) {}
    }
    assert.deepEqual(problems([Events]), [
      'Events.context: its first parameter is a UpgradeContext, where the event stands',
      'Events.stream: a WebSocket has no body to stream',
    ]);
  });

  it('finds a WebSocket path of two classes, and one whose parameters have two names', () => {
    @Controller()
    class First {
      @WebSocket('/:room', { on: 'open' }) open() {}
    }
    @Controller()
    class Second {
      @WebSocket('/:room') said(_message: unknown) {}
    }
    assert.deepEqual(problems([First, Second]), ['Second.said: WS /:room is served by First already']);
    @Controller()
    class Renamed {
      @WebSocket('/:room', { on: 'open' }) open() {}
      @WebSocket('/:id') said(_message: unknown) {}
    }
    assert.deepEqual(problems([Renamed]), [
      'Renamed.said: WS /:id is the same path as WS /:room of Renamed.open, whose parameters have other names',
    ]);
  });

  it('tells of a middleware that cannot be called once, at the first place where it stands', () => {
    // What plain JavaScript may hand over.
    const broken = { handle: true } as never;
    class NoHandle {}
    @Controller()
    @Use(broken)
    class Used {
      @Http('GET', '/a') a() {}
      @Http('GET', '/b', { use: [NoHandle as never] }) b() {}
    }
    assert.deepEqual(problems([Used]), [
      'Used.a: a middleware is of type object',
      'Used.b: the middleware class NoHandle has no method `handle`',
    ]);
    assert.deepEqual(problems([Used], [broken])[0], 'option use: a middleware is of type object');
    assert.equal(problems([Used], [broken]).length, 2);
  });

  it('tells all mistakes of all kinds at once', () => {
    @Controller()
    class Wrong {
      @WebSocket('/x', { on: 'open' }) open() {}
      @Http('GET', '/y/:id', { timeoutMs: -1 }) get(_event: ByName) {}
    }
    @Controller()
    class Also {
      @WebSocket('/x') said(_message: unknown) {}
    }
    assert.deepEqual(
      problems([Wrong, Also], [null as never]).map((text) => text.slice(0, text.indexOf(':'))),
      ['Also.said', 'Wrong.get', 'Wrong.get', 'option use'],
    );
  });
});
