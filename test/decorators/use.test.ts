import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import type { MiddlewareFunction } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Use } from '#src/decorators/use.js';
import { controllerRecordOf } from '#src/routing/route-records.js';
import { type Served, serve } from '../serve.js';

/** Writes its name around what the layers within it answer. */
const layer =
  (name: string): MiddlewareFunction =>
  async (_context, next) =>
    `${name}(${String(await next())})`;

@Use(layer('a'), layer('b'))
@Controller()
@Use(layer('c'))
class Layered {
  @Use(layer('d'))
  @Http('GET', '/both')
  @Use(layer('e'), layer('f'))
  both(_event: unknown, context: HttpContext) {
    return context.path;
  }

  @Http('GET', '/class')
  alone() {
    return 'alone';
  }
}

describe('@Use', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Layered], use: [layer('application')] });
  });
  after(() => served.close());
  const answerOf = async (path: string) => (await fetch(`${served.url}${path}`)).text();

  it('puts the upper before the lower, and of one decorator the first before the second', async () => {
    assert.equal(await answerOf('/both'), 'application(a(b(c(d(e(f(/both)))))))');
  });

  it('at a class stands around every route of it, at a method around that one alone', async () => {
    assert.equal(await answerOf('/class'), 'application(a(b(c(alone))))');
  });

  it('with nothing to use records nothing to use', () => {
    @Use()
    class Bare {}
    assert.deepEqual(controllerRecordOf(Bare)?.use, []);
  });

  it('without its parentheses is a mistake that stops the start: the method would be lost', () => {
    // What a compiler makes of `@Use` above a method, in JavaScript or past the types.
    const decorate = Use as unknown as MethodDecorator;
    class Late {
      get() {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Late.prototype, 'get');
    assert.ok(descriptor !== undefined);
    assert.throws(() => decorate(Late.prototype, 'get', descriptor), {
      name: 'StartupError',
      message: 'Late.get: @Use stands there without its parentheses → write @Use(middleware)',
    });
  });
});
