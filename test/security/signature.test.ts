import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MemoryStore } from '#src/channels/memory-store.js';
import { StartupError } from '#src/errors/startup-error.js';
import { signature, type SignatureOptions } from '#src/security/signature.js';
import { signRequest, type SignRequestInit } from '#src/security/sign-request.js';
import { exchange, head } from '../integration/http-raw-client.js';
import { type Guarded, guarded, upgradeStatus } from './guarded.js';

const keys = { ada: 'secret of ada', bob: 'secret of bob' };
const WINDOW = 15 * 60_000;

class BrokenStore extends MemoryStore {
  override set(): Promise<boolean> {
    return Promise.reject(new Error('down'));
  }
}

for (const form of ['acs3', 'fc2'] as const) {
  describe(`signature() of form ${form}`, () => {
    let app: Guarded;
    before(async () => {
      app = await guarded([signature({ form, keys })]);
    });
    after(() => app.close());

    const sign = (path: string, init: Partial<SignRequestInit> = {}, url = app.url) =>
      signRequest({ form, accessKeyId: 'ada', accessKeySecret: keys.ada, url: url + path, ...init });
    const get = async (headers: Record<string, string>, path = '/http', url = app.url) => {
      const response = await fetch(url + path, { headers });
      await response.text();
      return response.status;
    };
    const post = async (headers: Record<string, string>, body: string | Buffer, url = app.url) => {
      const response = await fetch(`${url}/http`, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
      return [response.status, await response.text()] as const;
    };

    it('lets in what is signed, over every transport, with odd paths and queries', async () => {
      for (const query of ['', '?a=1&b=2', '?b=2&a=1&a=0', '?q=%E4%BD%A0+%26%2A', '?flag', '?x=', "?y=!'()*~"]) {
        assert.equal(await get(sign(`/http${query}`), `/http${query}`), 200, query);
        assert.equal(await get(sign(`/events${query}`), `/events${query}`), 200, query);
        assert.equal(await upgradeStatus(`${app.url}/socket${query}`, sign(`/socket${query}`)), 101, query);
      }
      const response = await fetch(`${app.url}/http`, { headers: sign('/http') });
      assert.deepEqual(await response.json(), { caller: { by: 'signature', id: 'ada' } });
    });

    it('refuses what is not signed, or signed for another request or with another secret', async () => {
      assert.deepEqual(await app.statuses(), [401, 401, 401]);
      assert.equal(await get(sign('/other')), 401);
      assert.equal(await get(sign('/http?a=1'), '/http?a=2'), 401);
      assert.equal(await get(sign('/http', { method: 'POST' })), 401);
      assert.equal(await get(sign('/http', { accessKeySecret: keys.bob })), 401);
      assert.equal(await get(sign('/http', { accessKeyId: 'nobody' })), 401);
      assert.equal(await get(sign('/http', { accessKeyId: '__proto__' })), 401);
      assert.equal(await get(sign('/http', { accessKeyId: 'nobody', accessKeySecret: 'no such key' })), 401);
      assert.equal(await upgradeStatus(`${app.url}/socket`, sign('/http')), 401);
      const good = sign('/http');
      for (const change of [
        { Authorization: `${good['Authorization']}x` },
        { Authorization: good['Authorization']?.slice(0, -2) ?? '' },
        { Authorization: '' },
        { Authorization: (good['Authorization'] ?? '').replace('ada', 'bob') },
        form === 'acs3' ? { 'x-acs-date': '' } : { Date: '' },
        form === 'acs3' ? { 'x-acs-extra': 'unsigned' } : { 'x-fc-extra': 'unsigned' },
        form === 'acs3' ? { 'x-acs-signature-nonce': 'another' } : { 'x-fc-signature-nonce': 'another' },
      ]) {
        assert.equal(await get({ ...good, ...change }), 401, JSON.stringify(change));
      }
      assert.equal(await get(good), 200, 'none of which used it up');
    });

    it('takes dates of 15 minutes each way, and not a second more', async () => {
      const at = (ms: number) => get(sign('/http', { date: new Date(Date.now() + ms) }));
      assert.deepEqual(await Promise.all([at(-WINDOW + 5000), at(WINDOW - 5000)]), [200, 200]);
      // The date has whole seconds: what is signed may be up to one earlier.
      assert.deepEqual(await Promise.all([at(-WINDOW - 1000), at(WINDOW + 2000)]), [401, 401]);
    });

    it('refuses a request that has come before, over whatever transport and in whatever spelling', async () => {
      const headers = sign('/http', { nonce: false });
      assert.deepEqual([await get(headers), await get(headers)], [200, 401]);
      const socket = sign('/socket');
      assert.equal(await upgradeStatus(`${app.url}/socket`, socket), 101);
      assert.equal(await upgradeStatus(`${app.url}/socket`, socket), 401);
      if (form === 'acs3') {
        const upper = (headers['Authorization'] ?? '').replace(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase());
        assert.equal(await get({ ...headers, Authorization: upper }), 401);
        assert.equal(await get({ ...headers, 'x-acs-date': `${headers['x-acs-date']} ` }), 401);
      }
      const at = '/http?a=1&b=2';
      const query = sign(at, { nonce: false });
      assert.deepEqual([await get(query, at), await get(query, '/http?b=2&a=1')], [200, 401]);
    });

    it('refuses two signatures on one request', async () => {
      const { Authorization = '', ...headers } = sign('/http');
      const values = [Authorization, Authorization];
      const { host } = new URL(app.url);
      assert.equal(
        (await exchange(app.port, head('GET /http', { Host: host, ...headers, Authorization: values }))).status,
        400,
      );
    });

    it('holds a signed body to its bytes, before any handler', async () => {
      const body = '{"a": 1, "ä": "ö"}';
      const json = { 'Content-Type': 'application/json' };
      const signed = () => sign('/http', { method: 'POST', headers: json, body });
      const [status, text] = await post(signed(), body);
      assert.deepEqual([status, (JSON.parse(text) as { body: unknown }).body], [200, JSON.parse(body)]);
      app.handled.length = 0;
      for (const other of [
        JSON.stringify(JSON.parse(body)), // the same value, written anew
        Buffer.from(body, 'latin1'),
        `${body} `,
        '',
        '{"a":',
      ]) {
        assert.equal((await post(signed(), other))[0], 401, String(other));
      }
      assert.deepEqual(app.handled, []);
      // Nobody can take the body's digest away either.
      const { 'x-acs-content-sha256': _, 'Content-MD5': __, ...stripped } = signed();
      assert.equal((await post(stripped, body))[0], 401);
    });

    it('asks for a signed body where it is told to', async () => {
      const strict = await guarded([signature({ form, keys, bindBody: true })]);
      try {
        const init = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
        assert.equal((await post(sign('/http', init, strict.url), '{}', strict.url))[0], 401);
        assert.equal((await post(sign('/http', { ...init, body: '{}' }, strict.url), '{}', strict.url))[0], 200);
        assert.equal(await get(sign('/http', {}, strict.url), '/http', strict.url), 401, 'that there is none, too');
        assert.equal(await get(sign('/http', { body: '' }, strict.url), '/http', strict.url), 200);
        assert.equal((await post(sign('/http', init), '{}'))[0], 200, 'elsewhere the body is free, as on the platform');
      } finally {
        await strict.close();
      }
    });

    it('lets nothing in while the store cannot tell what is new, unless replays do not matter', async () => {
      const store = new BrokenStore();
      const closed = await guarded([signature({ form, keys, store })]);
      const open = await guarded([signature({ form, keys, store, refuseReplays: false })]);
      try {
        assert.equal(await get(sign('/http', {}, closed.url), '/http', closed.url), 503);
        assert.equal(await get({}, '/http', closed.url), 401);
        assert.deepEqual(closed.handled, []);
        const headers = sign('/http', {}, open.url);
        assert.deepEqual([await get(headers, '/http', open.url), await get(headers, '/http', open.url)], [200, 200]);
      } finally {
        await Promise.all([closed.close(), open.close()]);
      }
    });

    it('remembers in the store that instances share, for as long as the request could come again', async () => {
      const store = new MemoryStore();
      const instances = await Promise.all([1, 2].map(() => guarded([signature({ form, keys, store })])));
      try {
        const [first, second] = instances;
        assert.ok(first !== undefined && second !== undefined);
        // One name for both, as a gateway gives them.
        const headers = sign('/http', {}, 'http://gateway.example');
        const ask = async ({ port }: Guarded) =>
          (await exchange(port, head('GET /http', { Host: 'gateway.example', ...headers }))).status;
        assert.deepEqual([await ask(first), await ask(second)], [200, 401]);
        assert.equal(store.size, 1);
      } finally {
        await Promise.all(instances.map((instance) => instance.close()));
      }
    });
  });
}

describe('signature()', () => {
  it('may ask a function for the secret', async () => {
    const app = await guarded([signature({ form: 'acs3', keys: async (id) => (id === 'ada' ? keys.ada : undefined) })]);
    try {
      for (const [accessKeyId, status] of [
        ['ada', 200],
        ['bob', 401],
      ] as const) {
        const headers = signRequest({ form: 'acs3', accessKeyId, accessKeySecret: keys.ada, url: `${app.url}/http` });
        const response = await fetch(`${app.url}/http`, { headers });
        await response.text();
        assert.equal(response.status, status);
      }
    } finally {
      await app.close();
    }
  });

  it('takes an empty secret for none: everybody could sign with it', async () => {
    const app = await guarded([signature({ form: 'acs3', keys: () => '' })]);
    try {
      const headers = signRequest({ form: 'acs3', accessKeyId: 'ada', accessKeySecret: '', url: `${app.url}/http` });
      const response = await fetch(`${app.url}/http`, { headers });
      await response.text();
      assert.equal(response.status, 401);
      assert.deepEqual(app.handled, []);
    } finally {
      await app.close();
    }
  });

  it('of form fc2 refuses what could be another request', async () => {
    const app = await guarded([signature({ form: 'fc2', keys })]);
    try {
      for (const path of ['/http?a=%0A', '/http?a%3Db=c']) {
        const url = app.url + path;
        const headers = signRequest({ form: 'fc2', accessKeyId: 'ada', accessKeySecret: keys.ada, url });
        const response = await fetch(url, { headers });
        await response.text();
        assert.equal(response.status, 401, path);
      }
    } finally {
      await app.close();
    }
  });

  it('does not start without keys, with empty ones, or in a form that is none', () => {
    const wrong: SignatureOptions[] = [
      { form: 'acs3', keys: {} },
      { form: 'acs3', keys: { '': 'secret' } },
      { form: 'acs3', keys: { ada: '' } },
      // Each letter would be a secret, its place an id.
      JSON.parse('{"form":"acs3","keys":"secret"}') as SignatureOptions,
      JSON.parse('{"form":"acs3","keys":["secret"]}') as SignatureOptions,
      { form: 'v4' as 'acs3', keys },
      { form: 'acs3', keys, toleranceMs: 0 },
    ];
    for (const options of wrong) assert.throws(() => signature(options), StartupError);
  });
});
