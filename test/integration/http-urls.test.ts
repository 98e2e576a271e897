import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { serve, type Served } from '../serve.js';
import { exchange, head } from './http-raw-client.js';

@Controller('/u')
class Users {
  @Http('GET', '/:id')
  one(_event: unknown, context: HttpContext): unknown {
    return { id: context.params['id'], query: context.query };
  }

  @Http(['PUT', 'DELETE'], '/:id')
  change(): string {
    return 'changed';
  }

  @Http('GET', '/files/*')
  rest(_event: unknown, context: HttpContext): unknown {
    return { rest: context.params['*'] };
  }

  @Http('OPTIONS', '/own/options')
  options(): string {
    return 'own';
  }

  @WebSocket('/socket/live')
  message(): void {}
}

describe('a URL', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Users] });
  });
  after(() => served.close());

  const FOUND: readonly [url: string, id: string][] = [
    ['/u/1', '1'],
    ['/u/1/', '1'],
    ['/u/a%2Fb', 'a/b'],
    ['/u/..%2f..%2fetc', '../../etc'],
    ['/u/%252e', '%2e'],
    ['/u/1;a=b', '1;a=b'],
    ['/u/%E4%BA%91', '云'],
    ['/u/__proto__', '__proto__'],
    ['/u/constructor', 'constructor'],
    ['/u/a+b', 'a+b'],
  ];
  for (const [url, id] of FOUND) {
    it(`${url} has the parameter ${id}, decoded once`, async () => {
      const response = await exchange(served.port, head(`GET ${url}`));
      assert.equal(response.status, 200);
      assert.equal((JSON.parse(response.body) as { id: string }).id, id);
    });
  }

  for (const url of ['//u//1', '//u/1', '/x/../u/1', '/U/1', '/u', '/u/1/2', '/u/1//', '/none']) {
    it(`${url} is not found, and is not taken for another`, async () => {
      const response = await exchange(served.port, head(`GET ${url}`));
      assert.equal(response.status, 404);
      assert.equal((JSON.parse(response.body) as { code: string }).code, 'NOT_FOUND');
    });
  }

  for (const url of ['/u/%zz', '/u/%ff', '/u/%', '/u/a%00b', '/%zz', '/u/\u00fc']) {
    it(`${JSON.stringify(url)} is malformed`, async () => {
      const response = await exchange(served.port, Buffer.from(head(`GET ${url}`), 'latin1'));
      assert.equal(response.status, 400, response.body);
    });
  }

  it('leads a wildcard to the rest of the path as it is', async () => {
    const response = await exchange(served.port, head('GET /u/files/a/../b%2Fc'));
    assert.equal((JSON.parse(response.body) as { rest: string }).rest, 'a/../b/c');
  });

  it('gives repeated keys of the query as an array, and keys named like prototypes as keys', async () => {
    const { body } = await request(`${served.url}/u/1?a=1&a=2&b=x%20y+z&constructor=1&__proto__=2&bad=%zz&empty=`);
    const { query } = (await body.json()) as { query: Record<string, unknown> };
    assert.deepEqual(Object.entries(query), [
      ['a', ['1', '2']],
      ['b', 'x y z'],
      ['constructor', '1'],
      ['__proto__', '2'],
      ['bad', '%zz'],
      ['empty', ''],
    ]);
  });

  it('answers a method that the path has not with 405 and Allow', async () => {
    const { statusCode, headers, body } = await request(`${served.url}/u/1`, { method: 'POST', body: '{' });
    assert.equal(statusCode, 405);
    assert.deepEqual(String(headers['allow']).split(', ').sort(), ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PUT']);
    assert.equal(((await body.json()) as { code: string }).code, 'METHOD_NOT_ALLOWED');
  });

  it('answers OPTIONS from the route table unless a route of its own does', async () => {
    const known = await request(`${served.url}/u/1`, { method: 'OPTIONS' });
    assert.equal(known.statusCode, 204);
    assert.match(String(known.headers['allow']), /PUT/);
    const own = await request(`${served.url}/u/own/options`, { method: 'OPTIONS' });
    assert.deepEqual([own.statusCode, await own.body.text()], [200, 'own']);
    const unknown = await request(`${served.url}/none`, { method: 'OPTIONS' });
    await unknown.body.dump();
    assert.equal(unknown.statusCode, 404);
  });

  it('answers HEAD from GET, and not where there is no GET', async () => {
    assert.equal((await request(`${served.url}/u/1`, { method: 'HEAD' })).statusCode, 200);
    assert.equal((await request(`${served.url}/u/own/options`, { method: 'HEAD' })).statusCode, 405);
  });

  it('answers a plain request for a WebSocket path with 426', async () => {
    const { statusCode, headers, body } = await request(`${served.url}/u/socket/live`);
    assert.deepEqual([statusCode, headers['upgrade']], [426, 'websocket']);
    assert.equal(((await body.json()) as { code: string }).code, 'UPGRADE_REQUIRED');
  });
});
