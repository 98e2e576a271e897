import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { container } from 'tsyringe';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { hasFunction, readExports } from '#src/functions/function-exports.js';

@Controller('/x')
class XController {
  @Http('GET', '/')
  get(): string {
    return 'x';
  }
}
const main = () => 1;

describe('readExports', () => {
  it('finds the function under its name, behind dots, and within the default export', () => {
    assert.equal(readExports({ main }, 'main').main, main);
    assert.equal(readExports({ api: { v1: { main } } }, 'api.v1.main').main, main);
    assert.equal(readExports({ default: { main } }, 'main').main, main);
    assert.equal(
      readExports(
        Object.assign(() => 0, { main }),
        'main',
      ).main,
      main,
    );
  });

  it('finds controllers beside the function or alone', () => {
    assert.deepEqual(readExports({ main, XController, other: class {} }, 'main').controllers, [XController]);
    assert.equal(readExports({ default: { XController } }, 'main').main, undefined);
  });

  it('finds middleware and a container of its own', () => {
    const guard = (_context: unknown, next: () => Promise<unknown>) => next();
    const own = container.createChildContainer();
    const exports = readExports({ main, use: [guard], container: own }, 'main');
    assert.deepEqual([exports.use, exports.container], [[guard], own]);
  });

  it('leaves exports alone that only happen to have those names', () => {
    const exports = readExports({ main, use: 'x', container: { a: 1 } }, 'main');
    assert.deepEqual([exports.use, exports.container], [[], undefined]);
  });

  for (const [what, module, target, problem] of [
    ['a target that is missing', { other: 1 }, 'main', /exports neither main nor a controller/],
    ['a target that is no function', { main: 5 }, 'main', /its export main is no function: it is a number/],
    ['dots that lead nowhere', { a: null }, 'a.b.c', /exports neither a\.b\.c/],
    ['a module that exports nothing', undefined, 'main', /exports neither/],
    ['middleware that is none', { main, use: [5] }, 'main', /its export use: a middleware is of type number/],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => readExports(module, target), problem));
  }
});

describe('hasFunction', () => {
  it('tells whether there is a function under the name', () => {
    assert.equal(hasFunction({ main }, 'main'), true);
    assert.equal(hasFunction({ default: { main } }, 'main'), true);
    assert.equal(hasFunction({ main: 1 }, 'main'), false);
    assert.equal(hasFunction(null, 'main'), false);
  });
});
