import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { HttpContext } from '#src/context/http-context.js';
import type { Middleware, MiddlewareFunction } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { StartupError } from '#src/errors/startup-error.js';
import { HttpError } from '#src/errors/http-error.js';
import { apiKey } from '#src/security/api-key.js';
import { cors } from '#src/security/cors.js';
import { serve } from '../serve.js';
import { type Guarded, guarded, upgradeStatus } from './guarded.js';

const FRIEND = 'https://friend.example';
const STRANGER = 'https://stranger.example';
const key = apiKey({ keys: ['secret'] });

const preflight = (url: string, origin: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', ...headers } });
const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe('cors() around an application', () => {
  let app: Guarded;
  before(async () => {
    const policy = cors({ origins: [FRIEND], credentials: true, exposedHeaders: ['X-Total', 'ETag'] });
    app = await guarded([key], { use: [policy] });
  });
  after(() => app.close());

  it('answers preflights past the guards, for friends alone', async () => {
    const friend = await preflight(`${app.url}/http`, FRIEND, { 'Access-Control-Request-Headers': 'x-api-key,x-b' });
    assert.equal(friend.status, 204);
    assert.equal(allowed(friend), FRIEND);
    assert.equal(friend.headers.get('access-control-allow-credentials'), 'true');
    assert.equal(friend.headers.get('access-control-allow-methods'), 'GET, HEAD, POST, PUT, PATCH, DELETE');
    assert.equal(friend.headers.get('access-control-allow-headers'), 'x-api-key,x-b');
    assert.equal(friend.headers.get('access-control-max-age'), '600');
    assert.equal(friend.headers.get('vary'), 'Origin, Access-Control-Request-Headers');
    const stranger = await preflight(`${app.url}/http`, STRANGER);
    assert.equal(stranger.status, 204);
    for (const name of stranger.headers.keys()) assert.doesNotMatch(name, /^access-control/);
    assert.match(stranger.headers.get('vary') ?? '', /Origin/);
    assert.deepEqual(app.handled, []);
  });

  it('repeats no header names that are none', async () => {
    const odd = await preflight(`${app.url}/http`, FRIEND, { 'Access-Control-Request-Headers': 'a b' });
    assert.equal(odd.headers.get('access-control-allow-headers'), null);
  });

  it('lets friends read answers, event streams and errors: 401, 404 and 405', async () => {
    const good = { Origin: FRIEND, 'X-Api-Key': 'secret' };
    for (const [path, method, status, headers] of [
      ['/http', 'GET', 200, good],
      ['/events', 'GET', 200, good],
      ['/http', 'GET', 401, { Origin: FRIEND }],
      ['/events', 'GET', 401, { Origin: FRIEND }],
      ['/nowhere', 'GET', 404, good],
      ['/http', 'DELETE', 405, good],
    ] as const) {
      const response = await fetch(app.url + path, { method, headers });
      await response.text();
      assert.equal(response.status, status);
      assert.equal(allowed(response), FRIEND, `${method} ${path} ${status}`);
      assert.equal(response.headers.get('vary'), 'Origin');
      assert.equal(response.headers.get('access-control-expose-headers'), 'X-Total, ETag');
    }
  });

  it('says to caches that the answer depends on the origin, also to those without one', async () => {
    const response = await fetch(`${app.url}/http`, { headers: { 'X-Api-Key': 'secret' } });
    assert.equal(response.headers.get('vary'), 'Origin');
    assert.equal(allowed(response), null);
  });

  it('judges the origin of WebSockets, in place of the server’s own rule', async () => {
    const socket = (headers: Record<string, string>) =>
      upgradeStatus(`${app.url}/socket`, { 'X-Api-Key': 'secret', ...headers });
    assert.equal(await socket({ Origin: FRIEND, Cookie: 'a=1' }), 101);
    assert.equal(await socket({ Origin: app.url, Cookie: 'a=1' }), 101);
    assert.equal(await socket({}), 101);
    assert.equal(await socket({ Origin: STRANGER }), 403);
    assert.equal(await socket({ Origin: 'null' }), 403);
  });
});

describe('cors()', () => {
  const answer = async (use: readonly Middleware[], handler: (context: HttpContext) => unknown) => {
    @Controller('', { use })
    class Routes {
      @Http('GET', '/') get(_event: unknown, context: HttpContext) {
        return handler(context);
      }
    }
    const served = await serve({ controllers: [Routes] });
    try {
      const response = await fetch(served.url, { headers: { Origin: FRIEND } });
      await response.text();
      return response;
    } finally {
      await served.close();
    }
  };

  it('for everybody says so by a star, and lets no credentials in', async () => {
    const app = await guarded([cors({ origins: '*' })]);
    try {
      const response = await fetch(`${app.url}/http`, { headers: { Origin: STRANGER, Cookie: 'a=1' } });
      assert.deepEqual([allowed(response), response.headers.get('vary')], ['*', null]);
      assert.equal(response.headers.get('access-control-allow-credentials'), null);
      assert.equal(await upgradeStatus(`${app.url}/socket`, { Origin: STRANGER }), 101);
      assert.equal(await upgradeStatus(`${app.url}/socket`, { Origin: STRANGER, Cookie: 'a=1' }), 403);
      assert.equal(await upgradeStatus(`${app.url}/socket`, { Origin: STRANGER, Authorization: 'Basic YTpi' }), 403);
    } finally {
      await app.close();
    }
  });

  it('around one route answers the preflights of that route', async () => {
    class Routes {
      @Http('POST', '/open', {
        use: [key, cors({ origins: FRIEND, methods: ['POST'], allowedHeaders: ['X-Api-Key'] })],
      })
      open() {}
      @Http('POST', '/closed', { use: [key] }) closed() {}
    }
    Controller()(Routes);
    const served = await serve({ controllers: [Routes] });
    try {
      const open = await preflight(`${served.url}/open`, FRIEND);
      assert.deepEqual([open.status, allowed(open)], [204, FRIEND]);
      assert.equal(open.headers.get('access-control-allow-methods'), 'POST');
      assert.equal(open.headers.get('access-control-allow-headers'), 'X-Api-Key');
      assert.equal(allowed(await preflight(`${served.url}/closed`, FRIEND)), null);
    } finally {
      await served.close();
    }
  });

  it('keeps its Vary beside a handler’s own, however that is set', async () => {
    const policy = cors({ origins: FRIEND });
    for (const handler of [
      (context: HttpContext) => void context.response.setHeader('Vary', 'Accept'),
      () => ({ statusCode: 200, headers: { vary: 'Accept' }, body: 'x' }),
      () => new Response('x', { headers: { Vary: 'Accept' } }),
      (context: HttpContext) => {
        context.response.setHeader('Vary', 'Accept');
        throw HttpError.conflict();
      },
    ]) {
      const vary = (await answer([policy], handler)).headers.get('vary') ?? '';
      assert.deepEqual(vary.split(/, */).sort(), ['Accept', 'Origin']);
    }
  });

  it('may ask a function', async () => {
    const policy = cors({ origins: async (origin, context) => origin === FRIEND && context.path === '/' });
    assert.equal(allowed(await answer([policy], () => 'x')), FRIEND);
  });

  it('does not start for everybody with credentials, nor with texts that are none', () => {
    const wrong: (() => MiddlewareFunction)[] = [
      () => cors({ origins: '*', credentials: true }),
      () => cors({ origins: [FRIEND, '*'], credentials: true }),
      () => cors({ origins: /.*/, credentials: true }),
      () => cors({ origins: [/https:\/\/.+/], credentials: true }),
      () => cors({ origins: [FRIEND, 'null'], credentials: true }),
      () => cors({ origins: /https:\/\/friend\.example|null/, credentials: true }),
      () => cors({ origins: 'friend.example' }),
      () => cors({ origins: FRIEND, allowedHeaders: ['a b'] }),
      () => cors({ origins: FRIEND, exposedHeaders: ['a\r\nb'] }),
      () => cors({ origins: FRIEND, maxAgeSeconds: -1 }),
    ];
    for (const make of wrong) assert.throws(make, StartupError);
  });
});
