import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMiddlewareClass, type Middleware, type MiddlewareHandler, type Next } from '#src/context/middleware.js';
import type { HttpContext } from '#src/context/http-context.js';

class Guard implements MiddlewareHandler {
  handle(_context: HttpContext, next: Next): unknown {
    return next();
  }
}
class Stricter extends Guard {}

describe('isMiddlewareClass()', () => {
  it('knows a class by its method, inherited or not', () => {
    assert.ok(isMiddlewareClass(Guard));
    assert.ok(isMiddlewareClass(Stricter));
  });

  it('takes every function for what it is', () => {
    const functions: Middleware[] = [
      (_context, next) => next(),
      async (_context, next) => next(),
      function named(_context, next) {
        return next();
      },
    ];
    for (const middleware of functions) assert.ok(!isMiddlewareClass(middleware));
  });
});
