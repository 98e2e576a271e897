import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpContext } from '#src/context/http-context.js';
import type { MiddlewareFunction } from '#src/context/middleware.js';
import { SseContext } from '#src/context/sse-context.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { Use } from '#src/decorators/use.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { controllerRecordOf } from '#src/routing/route-records.js';

const layer = (): MiddlewareFunction => (_context, next) => next();
const [a, b, c, d] = [layer(), layer(), layer(), layer()];

@Use(a, b)
@Controller('/all', { tags: ['t'] })
@Use(c)
class All {
  @Http('GET', '/one', { status: 202 })
  one(_event: unknown, _context: HttpContext): void {}

  @Http(['PUT', 'PATCH'], '/several')
  @Http('ALL', '/every')
  several(): void {}

  @Sse('/events', { method: 'POST' })
  @Use(d)
  *events(_event: unknown, _context: SseContext): Generator<string> {
    yield '';
  }

  @WebSocket('/socket', { on: 'upgrade' })
  upgrade(_event: unknown, _context: UpgradeContext): boolean {
    return true;
  }

  @WebSocket('/socket')
  message(_event: unknown, _context: WebSocketContext): void {}
}

class Bare {}

describe('the decorators of a controller', () => {
  const record = controllerRecordOf(All);
  const handlers = (name: string) => record?.methods.get(name)?.handlers;

  it('record prefix and options of the class', () => {
    assert.deepEqual([record?.prefix, record?.options], ['/all', { tags: ['t'] }]);
  });

  it('record each method and its options, one or several times', () => {
    assert.deepEqual(handlers('one'), [{ protocol: 'http', methods: ['GET'], path: '/one', options: { status: 202 } }]);
    assert.deepEqual(handlers('several'), [
      { protocol: 'http', methods: 'ALL', path: '/every', options: {} },
      { protocol: 'http', methods: ['PUT', 'PATCH'], path: '/several', options: {} },
    ]);
    assert.deepEqual(handlers('events'), [{ protocol: 'sse', path: '/events', options: { method: 'POST' } }]);
    assert.deepEqual(handlers('upgrade'), [{ protocol: 'websocket', path: '/socket', options: { on: 'upgrade' } }]);
    assert.deepEqual(handlers('message'), [{ protocol: 'websocket', path: '/socket', options: {} }]);
  });

  it('record middleware from the outermost', () => {
    assert.deepEqual(record?.use, [a, b, c]);
    assert.deepEqual(record.methods.get('events')?.use, [d]);
  });

  it('record nothing for a class that has none', () => {
    assert.equal(controllerRecordOf(Bare), undefined);
  });

  it('leave the methods as they are', () => {
    assert.deepEqual([...new All().events(undefined, {} as SseContext)], ['']); // the context is not used
    assert.equal(new All().upgrade(undefined, {} as UpgradeContext), true);
  });
});
