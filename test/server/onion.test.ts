import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import type { Middleware } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve } from '../serve.js';

@Controller()
class Plain {
  @Http('GET', '/')
  get(_event: unknown, context: HttpContext): unknown {
    return context.response.getHeader('X-Steps');
  }
}

/** What the server answers with this middleware around its one handler. */
async function answerWith(...use: readonly Middleware[]): Promise<{ status: number; body: string }> {
  const served = await serve({ controllers: [Plain], use });
  const { statusCode, body } = await request(served.url);
  const answer = { status: statusCode, body: await body.text() };
  await served.close();
  return answer;
}

const step =
  (name: string): Middleware =>
  (context, next) => {
    context.response.appendHeader('X-Steps', name);
    return next();
  };

describe('the onion', () => {
  it('runs its layers from the outermost to the handler', async () => {
    assert.deepEqual(await answerWith(step('a'), step('b'), step('c')), { status: 200, body: '["a","b","c"]' });
  });

  it('answers what any layer throws, at once or later', async () => {
    const atOnce: Middleware = () => {
      throw new Error('at once');
    };
    const later: Middleware = () => Promise.reject(new Error('later'));
    for (const failing of [atOnce, later]) {
      assert.equal((await answerWith(failing)).status, 500);
      assert.equal((await answerWith(step('a'), failing)).status, 500);
    }
  });

  it('refuses a second next(), also where the first was not awaited', async () => {
    const twice: Middleware = (_context, next) => {
      void next();
      return next();
    };
    assert.equal((await answerWith(twice)).status, 500);
  });

  it('takes the result of a layer that does not go on', async () => {
    assert.deepEqual(await answerWith(() => 'mine', step('a')), { status: 200, body: 'mine' });
  });
});
