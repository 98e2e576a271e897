import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinPaths, methodNotAllowed, parametersOf, pathMistake, shapeOf } from '#src/routing/route.js';

describe('a path', () => {
  for (const [prefix, path, joined] of [
    ['', '', '/'],
    ['', '/', '/'],
    ['/', '/', '/'],
    ['/orders', '/', '/orders'],
    ['orders', ':id', '/orders/:id'],
    ['/orders/', '/:id/', '/orders/:id'],
    ['', '/*', '/*'],
  ] as const) {
    it(`is joined of ${JSON.stringify(prefix)} and ${JSON.stringify(path)} to ${joined}`, () => {
      assert.equal(joinPaths(prefix, path), joined);
    });
  }

  it('names its parameters in order', () => {
    assert.deepEqual(parametersOf('/a/:id/b/:other_1(^\\d+$)/*'), ['id', 'other_1', '*']);
    assert.deepEqual(parametersOf('/a'), []);
  });

  it('has the shape of another when they answer the same', () => {
    assert.equal(shapeOf('/a/:id'), shapeOf('/a/:name'));
    assert.notEqual(shapeOf('/a/:id(^\\d+$)'), shapeOf('/a/:id'));
    assert.notEqual(shapeOf('/a/*'), shapeOf('/a/:id'));
  });

  for (const path of ['/a?b', '/a#b', '/a b', '/*/a', '/a*', '/:a/:a', '/:', '/:1']) {
    it(`cannot be ${path}`, () => {
      assert.equal(typeof pathMistake(path), 'string');
    });
  }

  for (const path of ['/', '/a/:id', '/a/*', '/:a-:b', '/a.json', '/@me']) {
    it(`can be ${path}`, () => {
      assert.equal(pathMistake(path), undefined);
    });
  }

  it('that answers other methods says which', () => {
    const error = methodNotAllowed('GET, HEAD');
    assert.deepEqual([error.status, error.headers], [405, { Allow: 'GET, HEAD' }]);
  });
});
