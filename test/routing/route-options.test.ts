import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { ROUTE_METHODS } from '#src/routing/route-options.js';
import { serve } from '../serve.js';

@Controller()
class Every {
  @Http('ALL', '/all') all(_event: unknown, context: HttpContext) {
    return context.method;
  }
}

describe('ROUTE_METHODS', () => {
  it('are methods that node’s parser lets through, each once', () => {
    for (const method of ROUTE_METHODS) assert.ok(METHODS.includes(method), method);
    assert.equal(new Set(ROUTE_METHODS).size, ROUTE_METHODS.length);
  });

  it('are what a route of ALL answers, and nothing else is', async () => {
    const served = await serve({ controllers: [Every] });
    try {
      for (const method of ROUTE_METHODS) {
        const response = await fetch(`${served.url}/all`, { method });
        assert.equal(response.status, 200, method);
        assert.equal(await response.text(), method === 'HEAD' ? '' : method);
      }
      const other = await fetch(`${served.url}/all`, { method: 'PROPFIND' });
      assert.equal(other.status, 405);
      assert.deepEqual(other.headers.get('allow')?.split(', ').sort(), [...ROUTE_METHODS].sort());
    } finally {
      await served.close();
    }
  });
});
