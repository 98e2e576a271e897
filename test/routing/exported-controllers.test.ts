import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { controllersIn } from '#src/routing/exported-controllers.js';

@Controller('/a')
class AController {
  @Http('GET', '/')
  get(): void {}
}

describe('controllersIn', () => {
  it('finds each controller once, by name and within the default export', () => {
    assert.deepEqual(controllersIn({ AController, again: AController, default: { AController } }), [AController]);
    assert.deepEqual(controllersIn({ default: { AController } }), [AController]);
  });

  it('finds them at a function that is the module', () => {
    assert.deepEqual(controllersIn(Object.assign(() => 1, { AController })), [AController]);
  });

  it('finds none among other things', () => {
    for (const module of [undefined, null, 5, 'x', [], { a: class {}, b: () => 1, c: null }])
      assert.deepEqual(controllersIn(module), []);
  });
});
