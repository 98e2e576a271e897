import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { StartupError } from '#src/errors/startup-error.js';
import { basicAuth } from '#src/security/basic-auth.js';
import { hashPassword } from '#src/security/hash-password.js';
import { type Guarded, guarded } from './guarded.js';

const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('basicAuth()', () => {
  let app: Guarded;
  let hash: string;
  before(async () => {
    hash = await hashPassword('pass:wörd');
    app = await guarded([basicAuth({ users: { ada: hash }, realm: 'the desk' })]);
  });
  after(() => app.close());

  const REFUSED = [401, 401, 401];

  it('lets the right name and password in over every transport, again and again', async () => {
    assert.deepEqual(await app.statuses(basic('ada:pass:wörd')), [200, 200, 101]);
    assert.deepEqual(await app.statuses(basic('ada:pass:wörd')), [200, 200, 101]);
    const response = await fetch(`${app.url}/http`, { headers: basic('ada:pass:wörd') });
    assert.deepEqual(await response.json(), { caller: { by: 'basic', id: 'ada' } });
  });

  it('refuses wrong names and passwords, and asks for them', async () => {
    for (const text of ['ada:wrong', 'bob:pass:wörd', 'ada', ':', '__proto__:x']) {
      assert.deepEqual(await app.statuses(basic(text)), REFUSED, text);
    }
    const response = await fetch(`${app.url}/http`);
    assert.equal(response.headers.get('www-authenticate'), 'Basic realm="the desk", charset="UTF-8"');
  });

  it('refuses what is no credentials, or far too long', async () => {
    const good = Buffer.from('ada:pass:wörd').toString('base64');
    for (const header of [
      '',
      'Basic',
      `Bearer ${good}`,
      `Basic ${good} x`,
      `Basic ${good}!`,
      `Basic ${'YQ=='.repeat(9)}`,
    ]) {
      assert.deepEqual(await app.statuses({ Authorization: header }), REFUSED, header);
    }
    assert.deepEqual(await app.statuses(basic(`ada:${'x'.repeat(3000)}`)), REFUSED);
    assert.deepEqual(await app.statuses(basic('ada:pass:wörd\0')), REFUSED, 'HMAC takes it for the same password');
    assert.deepEqual(await app.statuses({ Authorization: `basic ${good}` }), [200, 200, 101], 'the scheme in any case');
  });

  it('bears a flood of wrong passwords by refusing to check them all at once', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const response = await fetch(`${app.url}/http`, { headers: basic(`ada:wrong${index}`) });
        await response.text();
        return response.status;
      }),
    );
    assert.ok(statuses.includes(503) && statuses.includes(401), statuses.join());
    assert.deepEqual(
      await app.statuses(basic('ada:pass:wörd')),
      [200, 200, 101],
      'who was let in a while ago still is',
    );
  });

  it('may ask a function', async () => {
    const own = await guarded([basicAuth({ verify: async (name, password) => name === password })]);
    try {
      assert.deepEqual(await own.statuses(basic('a:a')), [200, 200, 101]);
      assert.deepEqual(await own.statuses(basic('a:b')), REFUSED);
    } finally {
      await own.close();
    }
  });

  it('does not start with plain passwords, without users, or with a realm that breaks its header', () => {
    assert.throws(() => basicAuth({ users: { ada: 'secret' } }), StartupError);
    assert.throws(() => basicAuth({ users: { 'a:b': hash } }), StartupError);
    assert.throws(() => basicAuth({ users: {} }), StartupError);
    assert.throws(() => basicAuth({}), StartupError);
    assert.throws(() => basicAuth({ users: { ada: hash }, verify: () => true }), StartupError);
    assert.throws(() => basicAuth({ users: { ada: hash }, realm: 'a"b' }), StartupError);
    assert.throws(() => basicAuth({ users: { ada: hash }, realm: 'a\r\nb' }), StartupError);
  });
});
