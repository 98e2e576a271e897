import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';

import type { TrustProxy } from '#src/context/trusted-proxies.js';
import type { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { serve } from '../serve.js';
import { mistakeOf } from '../mistakes-of.js';
import { exchange, head } from './http-raw-client.js';
import { upgradeBytes } from './web-socket-client.js';

@Controller()
class Who {
  @Http('GET', '/context') context(_event: unknown, { ip, protocol, host, httpContext }: HttpContext) {
    return { ip, protocol, host, url: httpContext.url };
  }
  @WebSocket('/ws') said(text: string) {
    return text;
  }
}

/** What a client forges, and what the proxy in front has added. */
const FORGED = {
  'X-Forwarded-For': '1.1.1.1, 203.0.113.9',
  'X-Forwarded-Proto': 'gopher, https',
  'X-Forwarded-Host': 'evil.example, app.example',
  'X-Real-Ip': '2.2.2.2',
};

async function seen(trustProxy: TrustProxy, headers: Record<string, string> = FORGED) {
  const served = await serve({ controllers: [Who], trustProxy });
  const { body } = await request(`${served.url}/context`, { headers: { Host: 'inner:80', ...headers } });
  const answer = (await body.json()) as Record<string, string>;
  await served.close();
  return answer;
}

describe('X-Forwarded-* as a client sees it', () => {
  const own = { ip: '127.0.0.1', protocol: 'http', host: 'inner:80', url: 'http://inner:80/context' };
  const real = { ip: '203.0.113.9', protocol: 'https', host: 'app.example', url: 'https://app.example/context' };

  it('is the client’s own word where nobody is trusted, or who sent it is none of those trusted', async () => {
    for (const trust of [false, 0, [], ['10.0.0.0/8']] as const)
      assert.deepEqual(await seen(trust), own, String(trust));
  });

  it('is believed as far as the one proxy in front wrote it', async () => {
    for (const trust of [true, 1, ['127.0.0.1'], ['loopback']] as const) assert.deepEqual(await seen(trust), real);
  });

  it('is believed of a chain of proxies by their number or their addresses', async () => {
    const headers = { 'X-Forwarded-For': '1.1.1.1, 203.0.113.9, 10.0.0.7', 'X-Forwarded-Proto': 'https' };
    for (const trust of [2, ['loopback', '10.0.0.0/8']] as const) {
      const { ip, protocol } = await seen(trust, headers);
      assert.deepEqual([ip, protocol], ['203.0.113.9', 'https']);
    }
  });

  it('never puts into a URL what is no protocol and no host', async () => {
    const headers = { 'X-Forwarded-Proto': 'javascript', 'X-Forwarded-Host': 'a.example/@evil?' };
    assert.equal((await seen(true, headers))['url'], 'http://inner:80/context');
  });

  it('is the origin of a WebSocket’s page only where it is believed', async () => {
    const headers = { Origin: 'https://app.example', Cookie: 'a=1', 'X-Forwarded-Host': 'app.example' };
    for (const [trustProxy, status] of [
      [true, 101],
      [['loopback'], 101],
      [false, 403],
      [['10.0.0.0/8'], 403],
    ] as const) {
      const served = await serve({ controllers: [Who], trustProxy });
      assert.equal((await exchange(served.port, upgradeBytes('/ws', headers))).status, status, String(trustProxy));
      await served.close();
    }
  });

  it('changes nothing for a request without it', async () => {
    const served = await serve({ controllers: [Who], trustProxy: true });
    const { body } = await exchange(served.port, head('GET /context'));
    assert.deepEqual(JSON.parse(body), { ip: '127.0.0.1', protocol: 'http', host: 'test', url: 'http://test/context' });
    await served.close();
  });

  it('cannot be trusted to a name that anybody may have', () => {
    assert.match(mistakeOf({ controllers: [], trustProxy: ['proxy.example'] }).problem, /not allowed/);
  });
});
