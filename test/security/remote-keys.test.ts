import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { KeysUnavailable, RemoteKeys } from '#src/security/remote-keys.js';
import type { Line } from '../serve.js';
import { recordInto } from '../serve.js';
import { type KeyServer, keyServer } from './key-server.js';

const pairs = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ec', { namedCurve: 'P-256' })];
const jwk = (index: number, kid: string) => ({
  ...pairs[index]?.publicKey.export({ format: 'jwk' }),
  kid,
});

describe('the keys of an issuer', () => {
  let issuer: KeyServer;
  let lines: Line[];
  beforeEach(async () => {
    issuer = await keyServer({ keys: [jwk(0, 'a')] });
    lines = [];
  });
  afterEach(() => issuer.close());

  /** No age and no cooldown to speak of, unless a test says so. */
  const keysOf = (maxAgeMs = 60_000, cooldownMs = 1) => {
    const keys = new RemoteKeys({ url: issuer.url, maxAgeMs, cooldownMs });
    return async (kid?: string) => (await keys.find('ES256', kid, recordInto(lines))).map((key) => key.kid);
  };
  const serveKeys =
    (...keys: object[]) =>
    (response: ServerResponse) =>
      void response.end(JSON.stringify({ keys }));

  it('are fetched by the first token, once for all who wait, and kept', async () => {
    const find = keysOf(60_000, 60_000);
    assert.deepEqual(await Promise.all([find('a'), find('a'), find()]), [['a'], ['a'], ['a']]);
    assert.deepEqual(await find('b'), []);
    assert.equal(issuer.asked, 1);
  });

  it('are fetched anew for an unknown key once the cooldown is over: the issuer rotates', async () => {
    const find = keysOf();
    assert.deepEqual(await find('a'), ['a']);
    issuer.answer = serveKeys(jwk(0, 'a'), jwk(1, 'b'));
    while ((await find('b')).length === 0);
    issuer.answer = serveKeys(jwk(1, 'b'));
    while ((await find('a')).length > 0) await find('c');
    assert.deepEqual(await find('b'), ['b'], 'and what it has withdrawn is gone');
  });

  it('are fetched anew past their age, and go on where that fails', async () => {
    const find = keysOf(1, 1);
    assert.deepEqual(await find('a'), ['a']);
    issuer.answer = (response) => void response.writeHead(500).end('down');
    for (; lines.length === 0; await turn()) assert.deepEqual(await find('a'), ['a']);
    assert.equal(lines[0]?.msg, 'the keys of a token’s issuer could not be fetched');
    await assert.rejects(find('b'), KeysUnavailable, 'it may be a new one: nobody knows');
  });

  it('are not waited for by known keys while the issuer is known to fail', { timeout: 30_000 }, async () => {
    const find = keysOf(1, 1);
    assert.deepEqual(await find('a'), ['a']);
    issuer.answer = (response) => void response.writeHead(500).end('down');
    while (lines.length === 0) await find('a');
    const held: ServerResponse[] = [];
    issuer.answer = (response) => void held.push(response);
    // The turns are for the network: what does not wait would leave it none.
    for (; held.length === 0; await turn()) assert.deepEqual(await find('a'), ['a']);
    assert.deepEqual(await find('a'), ['a']);
    assert.deepEqual([lines.length, held.length], [1, 1], 'nobody has waited for its failure, and it is asked once');
    serveKeys(jwk(1, 'b'))(held[0] ?? assert.fail('nobody asked'));
    issuer.answer = serveKeys(jwk(1, 'b'));
    while ((await find('a')).length > 0) await turn();
    assert.deepEqual(await find('b'), ['b'], 'and what it says in the end counts');
  });

  const jwks = JSON.stringify({ keys: [jwk(0, 'a')] });
  for (const [what, answer] of [
    ['500', (response) => void response.writeHead(500).end(jwks)],
    ['201', (response) => void response.writeHead(201).end(jwks)],
    ['no JSON', (response) => void response.end('<html>')],
    ['other JSON', (response) => void response.end('[null]')],
    ['no keys', (response) => void response.end('{"keys":[]}')],
    ['only odd keys', (response) => void response.end('{"keys":[null,1,{"kty":"oct","k":"YQ"},{"kty":"RSA","n":1}]}')],
    ['a redirect', (response) => void response.writeHead(302, { Location: '/elsewhere' }).end()],
    ['10 MB', (response) => void response.end(`${' '.repeat(10_000_000)}${jwks}`)],
    ['a broken connection', (response) => void response.socket?.destroy()],
    [
      'half of it',
      (response) => void response.writeHead(200, { 'Content-Length': 999 }).write('{', () => response.destroy()),
    ],
  ] as const satisfies readonly (readonly [string, (response: ServerResponse) => void])[]) {
    it(`are not had from an answer that is ${what}, and nothing is let in`, async () => {
      issuer.answer = answer;
      const find = keysOf(60_000, 60_000);
      await assert.rejects(find('a'), KeysUnavailable);
      await assert.rejects(find(), KeysUnavailable);
      assert.equal(issuer.asked, 1, 'and the issuer is left alone for a while');
    });
  }

  it('tell of a failure without the query of their URL', async () => {
    issuer.answer = (response) => void response.writeHead(500).end('down');
    const keys = new RemoteKeys({ url: `${issuer.url}?key=S3CRET`, maxAgeMs: 60_000, cooldownMs: 1 });
    await assert.rejects(keys.find('ES256', 'a', recordInto(lines)), KeysUnavailable);
    assert.equal(lines[0]?.['url'], issuer.url);
  });

  it('are waited for no longer than five seconds', { timeout: 30_000 }, async () => {
    issuer.answer = () => undefined;
    const find = keysOf();
    await assert.rejects(find('a'), ({ cause }: Error) => (cause as Error).name === 'TimeoutError');
  });
});
