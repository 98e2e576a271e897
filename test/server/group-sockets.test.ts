import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import type { Class } from '#src/routing/route-options.js';
import { buildRouteTable } from '#src/routing/route-table.js';
import { groupSockets } from '#src/server/group-sockets.js';

/** The methods of each group, by its shape. */
function groupsOf(...controllers: Class[]): [shape: string, methods: string[]][] {
  return [...groupSockets(buildRouteTable(controllers).routes)].map(([shape, group]) => [
    shape,
    group.map(({ method }) => method),
  ]);
}

describe('groupSockets', () => {
  it('puts the handlers of a path together, in the order of their declaration', () => {
    @Controller('/chat')
    class Chat {
      @WebSocket('/:room', { on: 'open' }) open() {}
      @WebSocket('/lobby') lobby() {}
      @WebSocket('/:room') said() {}
      @WebSocket('/:room', { on: 'close' }) close() {}
    }
    assert.deepEqual(groupsOf(Chat), [
      ['/chat/:', ['open', 'said', 'close']],
      ['/chat/lobby', ['lobby']],
    ]);
  });

  it('goes by the shape of a path: other names of its parameters make no other path, a regular expression does', () => {
    @Controller()
    class Rooms {
      @WebSocket('/:room') byRoom() {}
      @WebSocket('/:id', { on: 'close' }) byId() {}
      @WebSocket('/:id(\\d+)') byNumber() {}
      @WebSocket('/files/*') rest() {}
    }
    assert.deepEqual(groupsOf(Rooms), [
      ['/:', ['byRoom', 'byId']],
      ['/:(\\d+)', ['byNumber']],
      ['/files/*', ['rest']],
    ]);
  });

  it('finds the handlers of one path in two classes', () => {
    @Controller('/a')
    class First {
      @WebSocket('/b') one() {}
    }
    @Controller()
    class Second {
      @WebSocket('/a/b/', { on: 'open' }) two() {}
    }
    assert.deepEqual(groupsOf(First, Second), [['/a/b', ['one', 'two']]]);
  });

  it('leaves out what is no WebSocket', () => {
    @Controller()
    class Mixed {
      @Http('GET', '/x') get() {}
      @Sse('/events') events() {}
      @WebSocket('/x') socket() {}
    }
    assert.deepEqual(groupsOf(Mixed), [['/x', ['socket']]]);
  });
});
