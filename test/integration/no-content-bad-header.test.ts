import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Agent, request } from 'undici';

import type { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve } from '../serve.js';

describe('an answer without a body whose header cannot be written', () => {
  it('becomes a whole 500, and the connection serves the next request', async () => {
    @Controller()
    class Headers {
      @Http('GET', '/bad') bad(_event: unknown, context: HttpContext) {
        context.response.setHeader('X-Bad', 'a\nb');
      }
      @Http('GET', '/not-modified') notModified() {
        return { statusCode: 304, headers: { 'bad name': '1' } };
      }
      @Http('GET', '/good') good() {
        return 'good';
      }
    }
    const { url, close } = await serve({ controllers: [Headers] });
    const dispatcher = new Agent({ connections: 1 });
    try {
      for (const path of ['/bad', '/not-modified']) {
        const failed = await request(`${url}${path}`, { dispatcher });
        assert.equal(failed.statusCode, 500);
        assert.equal(((await failed.body.json()) as { code: string }).code, 'INTERNAL');
        const next = await request(`${url}/good`, { dispatcher });
        assert.equal(await next.body.text(), 'good');
      }
    } finally {
      await dispatcher.close();
      await close();
    }
  });
});
