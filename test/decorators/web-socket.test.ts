import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { WebSocket } from '#src/decorators/web-socket.js';
import { controllerRecordOf } from '#src/routing/route-records.js';
import { buildRouteTable } from '#src/routing/route-table.js';

class Chat {
  @WebSocket('/:room', { on: 'upgrade', protocols: ['v1'] }) authorize() {
    return true;
  }
  @WebSocket('/:room') said() {}
  @WebSocket('/:room', { type: 'typing' }) typing() {}
  @WebSocket('/:room', { on: 'close' }) @WebSocket('/:room', { on: 'error' }) over() {}
}

describe('@WebSocket', () => {
  it('records path and options', () => {
    const methods = controllerRecordOf(Chat)?.methods;
    const options = { on: 'upgrade', protocols: ['v1'] };
    assert.deepEqual(methods?.get('authorize')?.handlers, [{ protocol: 'websocket', path: '/:room', options }]);
    assert.deepEqual(methods?.get('said')?.handlers, [{ protocol: 'websocket', path: '/:room', options: {} }]);
  });

  it('stands for messages unless it names another moment, and may stand for several', () => {
    const { routes, mistakes } = buildRouteTable([Chat]);
    assert.deepEqual(mistakes, []);
    const moments = routes.map((route) => route.protocol === 'websocket' && `${route.method} ${route.on}`);
    assert.deepEqual(moments.sort(), [
      'authorize upgrade',
      'over close',
      'over error',
      'said message',
      'typing message',
    ]);
  });

  it('leaves the method as it is', () => {
    assert.equal(new Chat().authorize(), true);
  });
});
