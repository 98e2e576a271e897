import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { Sse } from '#src/decorators/sse.js';
import { StartupError } from '#src/errors/startup-error.js';
import { csrf } from '#src/security/csrf.js';
import { exchange, head } from '../integration/http-raw-client.js';
import { serve } from '../serve.js';
import { type Guarded, guarded, upgradeStatus } from './guarded.js';

const EVIL = 'https://evil.example';

describe('csrf()', () => {
  let app: Guarded;
  let host: string;
  before(async () => {
    app = await guarded([csrf({ origins: ['https://friend.example'] })]);
    host = new URL(app.url).host;
  });
  after(() => app.close());

  /** By bare bytes: fetch() would add headers of its own. */
  const send = async (headers: Record<string, string>, method = 'POST') => {
    const line = head(`${method} /http`, {
      Host: host,
      ...(method === 'POST' ? { 'Content-Length': '0' } : {}),
      ...headers,
    });
    return (await exchange(app.port, line)).status;
  };

  it('goes by Sec-Fetch-Site, where there is one', async () => {
    assert.equal(await send({ 'Sec-Fetch-Site': 'same-origin', Cookie: 'a=1' }), 200);
    assert.equal(await send({ 'Sec-Fetch-Site': 'none', Cookie: 'a=1' }), 200);
    assert.equal(await send({ 'Sec-Fetch-Site': 'same-origin', Origin: EVIL }), 200, 'a proxy may have another host');
    for (const site of ['cross-site', 'same-site', 'nonsense']) {
      assert.equal(await send({ 'Sec-Fetch-Site': site }), 403, site);
      assert.equal(await send({ 'Sec-Fetch-Site': site, Origin: 'https://friend.example' }), 200, site);
      assert.equal(await send({ 'Sec-Fetch-Site': site, Origin: EVIL, Cookie: 'a=1' }), 403, site);
    }
  });

  it('else by Origin', async () => {
    assert.equal(await send({ Origin: `http://${host}`, Cookie: 'a=1' }), 200);
    assert.equal(await send({ Origin: 'https://friend.example', Cookie: 'a=1' }), 200);
    for (const origin of [EVIL, 'null', '', `http://${host}.evil.example`, `http://${host}0`]) {
      assert.equal(await send({ Origin: origin, Cookie: 'a=1' }), 403, origin);
    }
  });

  it('without either lets programs in, unless they bring cookies', async () => {
    assert.equal(await send({}), 200);
    assert.equal(await send({ Cookie: 'a=1' }), 403);
  });

  it('leaves methods alone that change nothing, whatever they claim to be', async () => {
    const foreign = { 'Sec-Fetch-Site': 'cross-site', Origin: EVIL, Cookie: 'a=1' };
    assert.equal(await send(foreign, 'GET'), 200);
    assert.equal(await send(foreign, 'HEAD'), 200);
    assert.equal(await send({ ...foreign, 'X-HTTP-Method-Override': 'GET' }), 403);
    app.handled.length = 0;
    assert.equal(await send({ ...foreign, 'X-HTTP-Method-Override': 'POST' }, 'GET'), 200);
    assert.deepEqual(app.handled, ['GET']);
  });

  it('holds for WebSockets, which are GET and no page’s business but the own', async () => {
    const socket = (headers: Record<string, string>) => upgradeStatus(`${app.url}/socket`, headers);
    assert.equal(await socket({ Origin: app.url, Cookie: 'a=1' }), 101);
    assert.equal(await socket({}), 101);
    assert.equal(await socket({ Origin: EVIL }), 403);
    assert.equal(await socket({ 'Sec-Fetch-Site': 'cross-site' }), 403);
    assert.equal(await socket({ Origin: 'https://friend.example', Host: 'app.example' }), 101);
    assert.equal(await socket({ Origin: EVIL, Host: 'app.example' }), 403);
  });

  it('holds for event streams that are asked for by POST', async () => {
    @Controller('', { use: [csrf()] })
    class Streams {
      @Sse('/', { method: 'POST' }) *events() {
        yield 'x';
      }
    }
    const served = await serve({ controllers: [Streams] });
    try {
      const ask = async (origin: string) => {
        const response = await fetch(served.url, { method: 'POST', headers: { Origin: origin } });
        await response.text();
        return response.status;
      };
      assert.deepEqual([await ask(EVIL), await ask(served.url)], [403, 200]);
    } finally {
      await served.close();
    }
  });

  it('does not start where everybody’s pages would be let through', () => {
    for (const origins of ['null', /.*/, /https?:.+/, ['https://friend.example', /^null$/]]) {
      assert.throws(() => csrf({ origins }), StartupError, String(origins));
    }
  });

  it('says what is wrong, by a code', async () => {
    const response = await fetch(`${app.url}/http`, { method: 'POST', headers: { Origin: EVIL } });
    assert.equal(((await response.json()) as { code: string }).code, 'ORIGIN_REFUSED');
  });
});
