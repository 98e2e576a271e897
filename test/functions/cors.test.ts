import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { cors } from '#src/functions/cors.js';
import { fakeHttpContext } from '#src/testing/fake-http-context.js';

interface Answer {
  readonly passed: boolean;
  readonly headers: Record<string, unknown>;
}

async function ask(hosts: readonly string[], headers: Record<string, string>, method = 'GET'): Promise<Answer> {
  const context = fakeHttpContext({ method, headers });
  const result: unknown = await cors(hosts)(context, async () => 'passed');
  return { passed: result === 'passed', headers: Object.fromEntries(context.response.headers) };
}
const ORIGIN = 'Access-Control-Allow-Origin';
const CREDENTIALS = 'Access-Control-Allow-Credentials';

describe('cors', () => {
  const hosts = ['app.example', '*.sub.example'];

  for (const origin of [
    'http://localhost:5173',
    'http://127.0.0.1',
    'https://app.example',
    'https://a.sub.example:8443',
  ]) {
    it(`allows ${origin}, with credentials`, async () => {
      const { passed, headers } = await ask(hosts, { origin });
      assert.ok(passed);
      assert.deepEqual([headers[ORIGIN], headers[CREDENTIALS], headers['Vary']], [origin, 'true', 'Origin']);
      assert.equal(headers['Access-Control-Expose-Headers'], '*');
    });
  }

  for (const origin of [
    'https://evil.example',
    'https://sub.example',
    'https://app.example.evil',
    'https://xapp.example',
    'null',
    'junk',
  ]) {
    it(`allows nothing to ${origin}, but varies by it`, async () => {
      const { passed, headers } = await ask(hosts, { origin });
      assert.ok(passed);
      assert.deepEqual(headers, { Vary: 'Origin' });
    });
  }

  it('allows all by *, without credentials', async () => {
    const { headers } = await ask(['*'], { origin: 'https://any.example' });
    assert.deepEqual([headers[ORIGIN], CREDENTIALS in headers], ['https://any.example', false]);
  });

  it('names what may be read where there are credentials, as * would be a name then', async () => {
    const { headers } = await ask(hosts, { origin: 'https://app.example', cookie: 'a=b' });
    assert.equal(headers['Access-Control-Expose-Headers'], 'X-Request-Id');
  });

  it('answers a preflight itself, naming the method and headers that were asked for', async () => {
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, x-b' };
    const { passed, headers } = await ask(hosts, { origin: 'https://app.example', ...asked }, 'OPTIONS');
    assert.equal(passed, false);
    assert.deepEqual(
      [headers['Access-Control-Allow-Methods'], headers['Access-Control-Allow-Headers']],
      ['PUT', 'x-a, x-b'],
    );
    assert.deepEqual(headers['Vary'], ['Origin', 'Access-Control-Request-Headers']);
  });

  it('lets an OPTIONS that is no preflight, and a preflight of a stranger, go on', async () => {
    assert.ok((await ask(hosts, { origin: 'https://app.example' }, 'OPTIONS')).passed);
    const asked = { 'access-control-request-method': 'PUT' };
    assert.ok((await ask(hosts, { origin: 'https://evil.example', ...asked }, 'OPTIONS')).passed);
  });
});
