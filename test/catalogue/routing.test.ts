// Rows 33-39 of the catalogue: URLs, and guards that must not be passed by them.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { HttpContext } from '#src/context/http-context.js';
import type { Middleware } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Use } from '#src/decorators/use.js';
import { HttpError } from '#src/errors/http-error.js';
import { exchange, head } from '../integration/http-raw-client.js';
import { catalogue } from './catalogue.js';

const guard: Middleware = (context, next) => {
  if (context.httpContext.headers['x-key'] !== 'right') throw HttpError.unauthorized();
  return next();
};

let entered = 0;

@Controller('/u')
class Users {
  @Http('GET', '/:id') get(_event: unknown, context: HttpContext) {
    return { id: context.params['id'], query: context.query };
  }
}
@Controller('/admin')
class Admin {
  @Use(guard)
  @Http('GET', '/:id')
  get() {
    entered += 1;
    return 'inside';
  }
}

describe('the catalogue: routing', () => {
  const row = catalogue({ controllers: [Users, Admin] });
  const idOf = (body: string) => (JSON.parse(body) as { id: string }).id;

  row(33, 'a percent sign that encodes nothing is 400', async (server) => {
    for (const path of ['/u/%zz', '/u/%ff', '/u/%', '/u/%a', '/u/%c0%80', '/u/%ed%a0%80', '/%zz']) {
      const { status } = await server.ask(head(`GET ${path}`));
      assert.ok(status === 400 || (path === '/%zz' && status === 404), `${path}: ${status}`);
    }
  });

  row(34, 'an encoded NUL is 400', async (server) => {
    for (const path of ['/u/a%00b', '/u/%00', '/u/a%00'])
      await server.refuses(head(`GET ${path}`), 400, 'MALFORMED_URL');
  });

  row(35, 'a path is decoded once, after it was split', async (server) => {
    for (const [path, id] of [
      ['a%2Fb', 'a/b'],
      ['..%2f..%2fetc', '../../etc'],
      ['%252e', '%2e'],
      ['%252fadmin', '%2fadmin'],
      ['%2e%2e', '..'],
      ['a%3Fb', 'a?b'],
      ['a%23b', 'a#b'],
      ['%E4%BD%A0', '你'],
      ['a+b', 'a+b'],
    ] as const) {
      const response = await server.ask(head(`GET /u/${path}`));
      assert.equal(response.status, 200, path);
      assert.equal(idOf(response.body), id);
    }
  });

  row(
    36,
    'nothing of a path is normalised but one slash at its end, and a guard holds on whatever reaches it',
    async (server) => {
      // docs/design.md, section 3: what is not the route’s own path is no path.
      for (const path of ['//u//1', '//u/1', '/u//1', '/x/../u/1', '/./u/1', '/U/1', '/u/1//', '/u']) {
        assert.equal((await server.ask(head(`GET ${path}`))).status, 404, path);
      }
      assert.equal(idOf((await server.ask(head('GET /u/1/'))).body), '1');
      assert.equal(idOf((await server.ask(head('GET /u/1;a=b'))).body), '1;a=b');
      entered = 0;
      for (const path of [
        '/admin/1',
        '/admin/1/',
        '/admin/1;x',
        '/admin/1?x',
        '/admin/%31',
        '/%61dmin/1',
        '/a%64min/1',
        '//admin/1',
        '/admin//1',
        '/ADMIN/1',
        '/x/../admin/1',
        '/./admin/1',
        '/admin/.',
        '/admin/%2e%2e',
        '/admin%2f1',
        '/admin/1%2f',
        'http://a/admin/1',
        '/admin/1%20',
        '/admin;/1',
        '/u/..%2fadmin%2f1',
      ]) {
        for (const method of ['GET', 'HEAD']) {
          const { status } = await server.ask(head(`${method} ${path}`, { 'X-HTTP-Method-Override': 'OPTIONS' }));
          // A path of another route is that route’s own; into this one there is no way.
          assert.ok([401, 404].includes(status) || path.startsWith('/u/'), `${method} ${path}: ${status}`);
        }
      }
      assert.equal(entered, 0);
      assert.equal((await server.ask(head('GET /%61dmin/1', { 'X-Key': 'right' }))).status, 200);
    },
  );

  row(37, 'a long path is 414, raw bytes in it 400', async (server) => {
    await server.refuses(head(`GET /u/${'a'.repeat(15_000)}`), 414, 'URL_TOO_LONG');
    for (const path of ['/u/ü', '/u/你', '/u/\x80', '/ü']) {
      const { status } = await exchange(
        server.port,
        Buffer.from(head(`GET ${path}`), path === '/u/\x80' ? 'latin1' : 'utf8'),
      );
      assert.equal(status, 400, path);
    }
  });

  row(
    38,
    'another method is 405, HEAD is answered like GET and without a body, OPTIONS from the table',
    async (server) => {
      const remove = await server.ask(head('DELETE /u/1'));
      assert.equal(remove.status, 405);
      assert.deepEqual(remove.headers.get('allow')?.[0]?.split(', ').sort(), ['GET', 'HEAD', 'OPTIONS']);
      const get = await server.ask(head('GET /u/1'));
      const asHead = await server.ask(head('HEAD /u/1'));
      assert.deepEqual(
        [asHead.status, asHead.headers.get('content-length'), asHead.body],
        [200, get.headers.get('content-length'), ''],
      );
      assert.equal((await server.ask(head('HEAD /admin/1'))).status, 401);
      const options = await server.ask(head('OPTIONS /u/1'));
      assert.deepEqual([options.status, options.headers.has('allow')], [204, true]);
    },
  );

  row(39, 'names of prototypes are text in a path and in a query', async (server) => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      assert.equal(idOf((await server.ask(head(`GET /u/${name}`))).body), name);
      assert.equal((await server.ask(head(`GET /${name}`))).status, 404);
      const { body } = await server.ask(head(`GET /u/1?${name}=1&${name}[x]=2`));
      assert.match(body, new RegExp(`"${name}":"1"`));
    }
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });
});
