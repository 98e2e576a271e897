// No way around a guard: for each method, spelling of the path, header that claims something else and transport, a
// handler behind a guard is not reached, and where a route answers at all, it answers as it does at its plain path.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { apiKey } from '#src/security/api-key.js';
import { cors } from '#src/security/cors.js';
import { exchange, head } from '../integration/http-raw-client.js';
import { upgradeBytes } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

/** Spellings of a path; `%s` stands for its last segment. The first is the plain one. */
const SPELLINGS: readonly ((segment: string) => string)[] = [
  (segment) => `/${segment}`,
  (segment) => `/${segment}/`,
  (segment) => `//${segment}`,
  (segment) => `/./${segment}`,
  (segment) => `/x/../${segment}`,
  (segment) => `/${segment}/.`,
  (segment) => `/${segment}/..`,
  (segment) => `/${segment}?x=1`,
  (segment) => `/${segment};a=b`,
  (segment) => `/${segment}%20`,
  (segment) => `/${segment}%00`,
  (segment) => `/${segment}.json`,
  (segment) => `/${segment.toUpperCase()}`,
  (segment) => `/${encodeFirst(segment, 1)}`,
  (segment) => `/${encodeFirst(segment, 2)}`,
  (segment) => `/%2f${segment}`,
  (segment) => `/%2e%2e/${segment}`,
  (segment) => `\\${segment}`,
  (segment) => `/\\${segment}`,
  (segment) => `http://evil.example/${segment}`,
  (segment) => `http://evil.example//${segment}`,
  (segment) => `/${segment}#x`,
  () => '*',
];

const CLAIMS: readonly Record<string, string>[] = [
  {},
  { 'X-HTTP-Method-Override': 'OPTIONS' },
  { 'X-HTTP-Method': 'HEAD' },
  { 'X-Method-Override': 'GET' },
  { 'X-Forwarded-For': '127.0.0.1' },
  { 'X-Forwarded-Host': 'localhost', 'X-Forwarded-Proto': 'https' },
  { 'X-Forwarded-Prefix': '/open', 'X-Forwarded-Uri': '/open' },
  { 'X-Original-URL': '/open', 'X-Rewrite-URL': '/open' },
  { Origin: 'https://friend.example', 'Access-Control-Request-Method': 'GET' },
  { Origin: 'https://friend.example', 'Access-Control-Request-Method': 'OPTIONS' },
  { Upgrade: 'h2c', Connection: 'Upgrade' },
];

const handled: string[] = [];
const guard = apiKey({ keys: ['secret'] });

@Controller('', { use: [guard] })
class Guarded {
  @Http('GET', '/admin') admin() {
    handled.push('admin');
    return 'secret';
  }
  @Http('ALL', '/everything') everything() {
    handled.push('everything');
    return 'secret';
  }
  @Sse('/events') *events() {
    handled.push('events');
    yield 'secret';
  }
  @Http('GET', '/friends', { use: [cors({ origins: 'https://friend.example' })] }) friends() {
    handled.push('friends');
    return 'secret';
  }
  @WebSocket('/socket', { on: 'upgrade' }) upgrade() {
    handled.push('socket');
  }
  @WebSocket('/socket') said() {}
}

@Controller()
class Open {
  @Http('GET', '/open') open() {
    return 'open';
  }
}

function encodeFirst(segment: string, times: number): string {
  const first = `%${segment.charCodeAt(0).toString(16)}`;
  return `${times === 2 ? first.replace('%', '%25') : first}${segment.slice(1)}`;
}

const isUpgrade = (claim: Record<string, string>) => 'Upgrade' in claim;

describe('a guard', () => {
  let onRoutes: Served;
  let onApplication: Served;
  before(async () => {
    onRoutes = await serve({ origins: ['https://friend.example'], controllers: [Guarded, Open] });
    onApplication = await serve({ controllers: [Guarded, Open], use: [guard] });
  });
  after(async () => {
    await onRoutes.close();
    await onApplication.close();
  });

  for (const segment of ['admin', 'everything', 'events', 'friends']) {
    it(`around /${segment} is met by every method, spelling and claim, and nothing of it comes out`, async () => {
      handled.length = 0;
      for (const method of METHODS) {
        for (const claim of CLAIMS) {
          const statuses = await Promise.all(
            SPELLINGS.map(async (spell) => {
              const answer = await exchange(onRoutes.port, head(`${method} ${spell(segment)}`, claim));
              const what = `${method} ${spell(segment)} ${JSON.stringify(claim)}`;
              assert.doesNotMatch(answer.body, /secret/, what);
              return [what, answer.status] as const;
            }),
          );
          const plain = statuses[0]?.[1];
          for (const [what, status] of statuses) {
            // It is another path, which nothing or something open answers, or a bad one; or else it is this route.
            const elsewhere = [204, 400, 404, 405, 501].includes(status);
            assert.ok(status === plain || elsewhere, `${what}: ${status}, at the plain path ${plain}`);
          }
          if (['GET', 'HEAD'].includes(method)) assert.equal(plain, 401, `${method} ${JSON.stringify(claim)}`);
        }
      }
      assert.deepEqual(handled, []);
    });
  }

  it('around a route is met at the spellings that the router takes for the plain one', async () => {
    for (const [path, status] of [
      ['/admin', 401],
      ['/admin/', 401],
      ['/%61dmin', 401],
      ['/admin?x', 401],
      ['http://evil.example/admin', 401],
      ['/ADMIN', 404],
      ['//admin', 404],
      ['/%2561dmin', 404],
      ['/x/../admin', 404],
    ] as const) {
      assert.equal((await exchange(onRoutes.port, head(`GET ${path}`))).status, status, path);
    }
  });

  it('around an application is met by every path that there is and is not', async () => {
    for (const method of METHODS) {
      for (const claim of CLAIMS) {
        for (const path of ['/admin', '/%61dmin', '/admin/', '/ADMIN', '//admin', '/nowhere', '/open', '/socket']) {
          const { status, headers } = await exchange(onApplication.port, head(`${method} ${path}`, claim));
          const what = `${method} ${path} ${JSON.stringify(claim)}`;
          if (method === 'PROPFIND' || method === 'TRACE') assert.ok(status >= 400, what);
          else assert.equal(status, 401, what);
          assert.equal(headers.get('allow'), undefined, what);
        }
      }
    }
    assert.deepEqual(handled, []);
  });

  it('around a WebSocket is met before 101, by every spelling and claim', async () => {
    for (const claim of CLAIMS.filter((each) => !isUpgrade(each))) {
      for (const spell of SPELLINGS) {
        const answer = await exchange(onRoutes.port, upgradeBytes(spell('socket'), claim));
        const what = `${spell('socket')} ${JSON.stringify(claim)}`;
        assert.notEqual(answer.status, 101, what);
        assert.ok([400, 401, 403, 404, 405, 426].includes(answer.status), `${what}: ${answer.status}`);
      }
      assert.equal((await exchange(onRoutes.port, upgradeBytes('/socket', claim))).status, 401);
      for (const method of ['POST', 'OPTIONS', 'HEAD']) {
        const answer = await exchange(onRoutes.port, upgradeBytes('/socket', claim, method));
        assert.ok(answer.status >= 400, `${method} ${answer.status}`);
      }
    }
    assert.deepEqual(handled, []);
  });

  it('around an HTTP route is met by a request that asks to become a WebSocket', async () => {
    for (const segment of ['admin', 'events', 'everything']) {
      const { status } = await exchange(onRoutes.port, upgradeBytes(`/${segment}`));
      assert.ok([401, 404, 426].includes(status), `${segment}: ${status}`);
    }
    assert.deepEqual(handled, []);
  });

  it('lets in who has the key, at the same places: the tests above are not met by a wall', async () => {
    const key = { 'X-Api-Key': 'secret' };
    for (const path of ['/admin', '/admin/', '/%61dmin', '/everything', '/events', '/friends']) {
      assert.equal((await exchange(onRoutes.port, head(`GET ${path}`, key))).status, 200, path);
    }
    assert.equal((await exchange(onRoutes.port, upgradeBytes('/socket', key))).status, 101);
  });
});
