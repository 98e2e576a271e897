import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Http } from '#src/decorators/http.js';
import { controllerRecordOf } from '#src/routing/route-records.js';

class Orders {
  @Http('GET', '/one') one() {}
  @Http(['PUT', 'PATCH'], '/several', { status: 202 }) several() {}
  @Http('ALL', '/all') all() {}
  @Http('GET', '/first') @Http('POST', '/second') twice() {}
  undecorated() {}
}

const handlersOf = (name: string) => controllerRecordOf(Orders)?.methods.get(name)?.handlers;

describe('@Http', () => {
  it('records one method as a list of one, several as they are, and ALL as a word', () => {
    assert.deepEqual(handlersOf('one'), [{ protocol: 'http', methods: ['GET'], path: '/one', options: {} }]);
    const several = { protocol: 'http', methods: ['PUT', 'PATCH'], path: '/several', options: { status: 202 } };
    assert.deepEqual(handlersOf('several'), [several]);
    assert.deepEqual(handlersOf('all'), [{ protocol: 'http', methods: 'ALL', path: '/all', options: {} }]);
  });

  it('may stand several times at a method', () => {
    assert.deepEqual(
      handlersOf('twice')
        ?.map(({ path }) => path)
        .sort(),
      ['/first', '/second'],
    );
  });

  it('records nothing of a method without it', () => {
    assert.equal(handlersOf('undecorated'), undefined);
  });

  it('records the place where it stands', () => {
    assert.match(controllerRecordOf(Orders)?.methods.get('one')?.site.stack ?? '', /http\.test\.[tj]s/);
  });

  it('leaves the method as it is', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, 'one');
    assert.equal(descriptor?.value, Orders.prototype.one);
    assert.deepEqual([descriptor?.enumerable, descriptor?.writable], [false, true]);
  });
});
