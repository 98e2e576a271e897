import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { MiddlewareFunction } from '#src/context/middleware.js';
import { controllerFile, controllerRecordOf, methodRecordOf, recordOf } from '#src/routing/route-records.js';
import { mistakeOf } from '../mistakes-of.js';

const layer = (): MiddlewareFunction => (_context, next) => next();
const get = (path: string) => ({ protocol: 'http', methods: ['GET'], path, options: {} }) as const;

describe('the records of decorators', () => {
  it('are made at the first word and kept', () => {
    class Orders {}
    assert.equal(controllerRecordOf(Orders), undefined);
    const record = recordOf(Orders.prototype);
    assert.equal(recordOf(Orders.prototype), record);
    const method = methodRecordOf(Orders.prototype, 'find');
    assert.equal(methodRecordOf(Orders.prototype, 'find'), method);
    assert.equal(record.methods.get('find'), method);
  });

  it('take the names that every object has for names like others', () => {
    class Orders {}
    methodRecordOf(Orders.prototype, 'constructor').handlers.push(get('/a'));
    methodRecordOf(Orders.prototype, '__proto__').handlers.push(get('/b'));
    assert.deepEqual([...(controllerRecordOf(Orders)?.methods.keys() ?? [])], ['constructor', '__proto__']);
  });

  it('of a class and its ancestors are read as one, the nearest word for prefix and options first', () => {
    class Base {}
    class Middle extends Base {}
    class Leaf extends Middle {}
    const [outer, inner] = [layer(), layer()];
    Object.assign(recordOf(Base.prototype), { prefix: '/base', options: { tags: ['base'] } });
    recordOf(Base.prototype).use.push(outer);
    recordOf(Leaf.prototype).use.push(inner);
    recordOf(Leaf.prototype).prefix = '/leaf';
    const leaf = controllerRecordOf(Leaf);
    assert.deepEqual([leaf?.prefix, leaf?.options, leaf?.use], ['/leaf', { tags: ['base'] }, [outer, inner]]);
    const middle = controllerRecordOf(Middle);
    assert.deepEqual([middle?.prefix, middle?.use], ['/base', [outer]]);
  });

  it('of an ancestor are not changed by those that read them', () => {
    class Base {}
    class Leaf extends Base {}
    recordOf(Base.prototype).use.push(layer());
    methodRecordOf(Base.prototype, 'find').handlers.push(get('/a'));
    methodRecordOf(Leaf.prototype, 'find').use.push(layer());
    recordOf(Leaf.prototype).use.push(layer());
    for (const _ of [1, 2]) {
      const leaf = controllerRecordOf(Leaf);
      assert.deepEqual([leaf?.use.length, leaf?.methods.get('find')?.use.length], [2, 1]);
    }
    assert.equal(controllerRecordOf(Base)?.use.length, 1);
    assert.equal(controllerRecordOf(Base)?.methods.get('find')?.use.length, 0);
  });

  it('of a method that is overridden hold where the override names no route, and give way where it does', () => {
    class Base {}
    class Guarded extends Base {}
    class Moved extends Base {}
    const [outer, inner] = [layer(), layer()];
    const base = methodRecordOf(Base.prototype, 'find');
    base.handlers.push(get('/base'));
    base.use.push(outer);
    methodRecordOf(Guarded.prototype, 'find').use.push(inner);
    methodRecordOf(Moved.prototype, 'find').handlers.push(get('/moved'));
    const guarded = controllerRecordOf(Guarded)?.methods.get('find');
    assert.deepEqual([guarded?.handlers, guarded?.use], [[get('/base')], [outer, inner]]);
    const moved = controllerRecordOf(Moved)?.methods.get('find');
    assert.deepEqual([moved?.handlers, moved?.use], [[get('/moved')], []]);
  });

  it('are none of a class without decorators, nor of an arrow function, which has no prototype', () => {
    class Bare {}
    const arrow = () => undefined;
    assert.equal(controllerRecordOf(Bare), undefined);
    assert.equal(controllerRecordOf(arrow as never), undefined); // plain JavaScript may give it for a class
  });
});

describe('controllerFile', () => {
  it('names the place of @Controller, of the class itself alone', () => {
    class Base {}
    class Leaf extends Base {}
    recordOf(Base.prototype).site = new Error('decorated here');
    assert.match(controllerFile(Base) ?? '', /^test\/.*route-records\.test\.[tj]s:\d+$/);
    assert.equal(controllerFile(Leaf), undefined);
  });
});

describe('a controller that is an arrow function', () => {
  it('is a mistake like any class without handlers', () => {
    const orders = () => undefined;
    const { where, problem } = mistakeOf({ controllers: [orders as never] }); // what plain JavaScript may give
    assert.deepEqual([where, problem], ['orders', 'no method of it is decorated with @Http, @Sse or @WebSocket']);
  });
});
