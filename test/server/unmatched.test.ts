import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import type { Next } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { HttpError } from '#src/errors/http-error.js';
import { exchange, head, type RawResponse } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';

@Controller()
class Routes {
  @Http(['PUT', 'DELETE'], '/a/:id') change() {}
  @Http('GET', '/read') read() {}
  @Http('ALL', '/all') all() {}
  @Sse('/events') events() {}
  @WebSocket('/socket') socket() {}
  @Http('POST', '/both') both() {}
  @WebSocket('/both') bothSocket() {}
}

const seen: unknown[] = [];

/** What the layers of the application see of an answer that no route gives. */
async function witness(context: HttpContext, next: Next): Promise<unknown> {
  try {
    const result = await next();
    seen.push(result);
    return result;
  } catch (error) {
    seen.push(error instanceof HttpError ? error.code : error);
    if (context.query['instead'] === 'page') return 'the application’s own page';
    throw error;
  }
}

function allowOf({ headers }: RawResponse): string[] {
  return (headers.get('allow')?.join() ?? '').split(', ').sort();
}

describe('what no route answers', () => {
  let served: Served;
  const send = (method: string, url: string) => exchange(served.port, head(`${method} ${url}`));
  before(async () => {
    served = await serve({ controllers: [Routes], use: [witness] });
  });
  after(() => served.close());

  for (const [url, allowed] of [
    ['/a/1', ['DELETE', 'OPTIONS', 'PUT']],
    ['/read', ['GET', 'HEAD', 'OPTIONS']],
    ['/events', ['GET', 'HEAD', 'OPTIONS']],
    ['/both', ['OPTIONS', 'POST']],
  ] as const) {
    it(`is 405 with ${allowed.join(', ')} on ${url}, and OPTIONS says the same with 204`, async () => {
      const refused = await send('PATCH', `${url}?x=1`);
      assert.deepEqual([refused.status, allowOf(refused)], [405, allowed]);
      const asked = await send('OPTIONS', `${url}/?x=1`);
      assert.deepEqual([asked.status, allowOf(asked), asked.body], [204, allowed, '']);
      assert.equal(asked.headers.has('content-length'), false);
    });
  }

  it('is 405 to HEAD where there is no GET, without a body', async () => {
    const refused = await send('HEAD', '/a/1');
    assert.deepEqual([refused.status, allowOf(refused)], [405, ['DELETE', 'OPTIONS', 'PUT']]);
  });

  it('is 404 on a path that nobody has, whatever the method', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE']) {
      const refused = await send(method, '/none');
      assert.deepEqual([refused.status, refused.headers.has('allow')], [404, false], method);
    }
  });

  it('is nothing where a route has all methods: OPTIONS reaches the handler, unknown methods are 405', async () => {
    assert.equal((await send('OPTIONS', '/all')).headers.has('allow'), false);
    const refused = await send('PROPFIND', '/all');
    assert.deepEqual([refused.status, allowOf(refused).includes('OPTIONS')], [405, true]);
  });

  it('is 426 on a path that speaks WebSocket only, to any method', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const refused = await send(method, '/socket?x=1');
      assert.equal(refused.status, 426, method);
      // RFC 9110, section 15.5.22: the answer names the protocol.
      assert.deepEqual(refused.headers.get('upgrade'), ['websocket']);
    }
  });

  it('is answered for the whole server where OPTIONS asks for *', async () => {
    const asked = await send('OPTIONS', '*');
    assert.deepEqual([asked.status, asked.body], [204, '']);
    assert.deepEqual(allowOf(asked), ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);
  });

  it('goes through the application’s middleware, which may answer in its stead', async () => {
    seen.length = 0;
    await send('OPTIONS', '/read');
    await send('POST', '/read');
    const page = await send('GET', '/none?instead=page');
    assert.deepEqual([page.status, page.body], [200, 'the application’s own page']);
    await send('GET', '/socket');
    const [options, ...codes] = seen;
    assert.equal((options as { statusCode: number }).statusCode, 204);
    assert.deepEqual(codes, ['METHOD_NOT_ALLOWED', 'NOT_FOUND', 'UPGRADE_REQUIRED']);
  });
});
