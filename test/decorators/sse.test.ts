import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Sse } from '#src/decorators/sse.js';
import { controllerRecordOf } from '#src/routing/route-records.js';
import { buildRouteTable } from '#src/routing/route-table.js';

class Feed {
  @Sse('/plain') *plain() {
    yield 'text';
  }
  @Sse('/prompt', { method: 'POST', heartbeatMs: 5 }) prompt() {}
}

describe('@Sse', () => {
  it('records path and options', () => {
    const methods = controllerRecordOf(Feed)?.methods;
    assert.deepEqual(methods?.get('plain')?.handlers, [{ protocol: 'sse', path: '/plain', options: {} }]);
    const options = { method: 'POST', heartbeatMs: 5 };
    assert.deepEqual(methods?.get('prompt')?.handlers, [{ protocol: 'sse', path: '/prompt', options }]);
  });

  it('answers GET unless it names another method', () => {
    const { routes } = buildRouteTable([Feed]);
    assert.deepEqual(
      routes.map((route) => route.protocol === 'sse' && route.methods),
      [['GET'], ['POST']],
    );
  });

  it('leaves the method as it is', () => {
    assert.deepEqual([...new Feed().plain()], ['text']);
  });
});
