import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { TooLateForStream } from '#src/context/sse-stream.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve } from '../serve.js';

let late: unknown;

@Controller()
class Late {
  @Http('GET', '/')
  first(_event: unknown, context: HttpContext): string {
    setTimeout(() => {
      try {
        context.sse();
      } catch (error) {
        late = error;
      }
    }, 5);
    return 'answered';
  }
}

describe('TooLateForStream', () => {
  it('is what context.sse() throws once another answer has begun', async () => {
    const { url, close } = await serve({ controllers: [Late] });
    try {
      assert.equal(await (await fetch(url)).text(), 'answered');
      while (late === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(late instanceof TooLateForStream);
      assert.match(late.message, /^context\.sse\(\): the answer has begun already/);
    } finally {
      await close();
    }
  });
});
