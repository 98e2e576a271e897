import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { StartupError } from '#src/errors/startup-error.js';
import type { MiddlewareFunction } from '#src/context/middleware.js';
import { claimsOf } from '#src/security/claims.js';
import { jwt, type JwtOptions } from '#src/security/jwt.js';
import { type Guarded, guarded, upgradeStatus } from './guarded.js';
import { type KeyServer, keyServer } from './key-server.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const secret = 'a secret of at least thirty-two bytes';

const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

interface Parts {
  header?: object;
  claims?: object;
  key?: KeyObject;
}

/** Made by hand, so that it can be as wrong as we like. */
function rs256({ header = {}, claims = {}, key = rsa.privateKey }: Parts = {}): string {
  const input = `${encode({ alg: 'RS256', kid: 'k1', ...header })}.${encode({ sub: 'ada', iss: 'us', aud: 'orders', exp: now() + 60, ...claims })}`;
  return `${input}.${signBytes('sha256', Buffer.from(input), key).toString('base64url')}`;
}
function hs(alg: string, key: string, claims: object = {}): string {
  const input = `${encode({ alg, kid: 'k1' })}.${encode({ sub: 'ada', iss: 'us', aud: 'orders', exp: now() + 60, ...claims })}`;
  return `${input}.${createHmac(`sha${alg.slice(2)}`, key)
    .update(input)
    .digest('base64url')}`;
}

const GOOD = [200, 200, 101];
const REFUSED = [401, 401, 401];
const options: JwtOptions = { keys: pem, algorithms: ['RS256'], issuer: 'us', audience: 'orders' };

describe('jwt()', () => {
  let app: Guarded;
  before(async () => {
    app = await guarded([jwt(options)]);
  });
  after(() => app.close());
  const bearer = (token: string) => app.statuses({ Authorization: `Bearer ${token}` });

  it('lets a good token in over every transport', async () => {
    assert.deepEqual(await bearer(rs256()), GOOD);
    assert.deepEqual(await bearer(rs256({ claims: { aud: ['others', 'orders'] } })), GOOD);
  });

  it('refuses one without signature, however its algorithm is written', async () => {
    for (const alg of ['none', 'None', 'nOnE', 'NONE', '', undefined, null, 'HS256', 'RS512', 'PS256', ['RS256']]) {
      const [, payload = '', mac = ''] = rs256().split('.');
      assert.deepEqual(await bearer(`${encode({ alg })}.${payload}.`), REFUSED);
      assert.deepEqual(await bearer(`${encode({ alg })}.${payload}.${mac}`), REFUSED);
    }
  });

  it('takes no public key for a secret', async () => {
    for (const key of [
      pem,
      pem.trim(),
      ` ${pem}`,
      `\n${pem}`,
      JSON.stringify(rsa.publicKey.export({ format: 'jwk' })),
    ]) {
      assert.deepEqual(await bearer(hs('HS256', key)), REFUSED);
    }
  });

  it('takes no key, and no place of keys, from the token', async () => {
    const jwk = other.publicKey.export({ format: 'jwk' });
    const issuer = await keyServer({ keys: [{ ...jwk, kid: 'k1' }] });
    const url = issuer.url;
    for (const header of [
      { jwk },
      { jku: url },
      { x5u: url },
      { x5c: ['MIIB'] },
      { kid: '../../dev/null' },
      { kid: url },
    ]) {
      assert.deepEqual(await bearer(rs256({ header, key: other.privateKey })), REFUSED, Object.keys(header).join());
    }
    assert.equal(issuer.asked, 0);
    await issuer.close();
  });

  it('refuses what must be understood and is not (crit), and unencoded payloads', async () => {
    assert.deepEqual(await bearer(rs256({ header: { crit: ['x'], x: 1 } })), REFUSED);
    assert.deepEqual(await bearer(rs256({ header: { crit: ['b64'], b64: false } })), REFUSED);
    assert.deepEqual(await bearer(rs256({ header: { crit: [] } })), REFUSED);
  });

  it('refuses tokens of another time, issuer or audience, and those without an end', async () => {
    for (const claims of [
      { exp: now() - 61 },
      { nbf: now() + 61 },
      { exp: undefined },
      { exp: 'tomorrow' },
      { exp: null },
      { aud: 'others' },
      { aud: ['others'] },
      { aud: undefined },
      { aud: [] },
      { iss: 'them' },
      { iss: undefined },
      { iss: ['us'] },
    ]) {
      assert.deepEqual(await bearer(rs256({ claims })), REFUSED, JSON.stringify(claims));
    }
    assert.deepEqual(
      await bearer(rs256({ claims: { exp: now() - 10, nbf: now() + 10 } })),
      GOOD,
      'clocks differ a little',
    );
  });

  it('refuses what is no token: pieces, junk, other spellings of a good one, and what is far too long', async () => {
    const good = rs256();
    const [head = '', payload = '', mac = ''] = good.split('.');
    for (const token of [
      'a',
      'a.b',
      `${head}.${payload}`,
      `${good}.`,
      `${good}.${mac}.${mac}`,
      '..',
      '!!!.???.***',
      `${head}=.${payload}.${mac}`,
      `${head}.${payload}.${mac}=`,
      `${head}.${payload}.${mac.slice(0, -4)}`,
      `${encode('[]')}.${payload}.${mac}`,
      `${encode('null')}.${payload}.${mac}`,
      `${encode('{')}.${payload}.${mac}`,
      rs256({ claims: { padding: 'x'.repeat(7000) } }),
    ]) {
      assert.deepEqual(await bearer(token), REFUSED, token.slice(0, 60));
    }
    assert.deepEqual(await app.statuses(), REFUSED);
    assert.deepEqual(await app.statuses({ Authorization: `Basic ${good}` }), REFUSED);
  });

  it('says to nobody what was wrong, but in the log', async () => {
    const refusals = await Promise.all(
      [rs256({ claims: { exp: 1 } }), 'junk', rs256({ key: other.privateKey })].map(async (token) => {
        const response = await fetch(`${app.url}/http`, { headers: { Authorization: `Bearer ${token}` } });
        const { requestId: _, ...problem } = (await response.json()) as { requestId: string };
        return { challenge: response.headers.get('www-authenticate'), problem };
      }),
    );
    assert.equal(refusals[0]?.challenge, 'Bearer error="invalid_token"');
    for (const refusal of refusals) assert.deepEqual(refusal, refusals[0]);
    assert.equal((await fetch(`${app.url}/http`)).headers.get('www-authenticate'), 'Bearer');
    assert.ok(app.lines.some(({ msg, reason }) => msg === 'a token was refused' && /exp/.test(String(reason))));
    assert.ok(!app.lines.some((line) => JSON.stringify(line).includes('eyJ')), 'no token is in the log');
  });

  it('refuses a request with two Authorization headers, of which one is good', async () => {
    const { exchange, head } = await import('../integration/http-raw-client.js');
    const authorization = [`Bearer ${rs256()}`, 'Bearer a.b.c'];
    for (const values of [authorization, [...authorization].reverse()]) {
      assert.equal((await exchange(app.port, head('GET /http', { Authorization: values }))).status, 400);
    }
  });
});

describe('jwt() with other keys and places', () => {
  const statuses = async (use: MiddlewareFunction, ...requests: (readonly [Record<string, string>, string?])[]) => {
    const app = await guarded([use]);
    try {
      const all: unknown[] = [];
      for (const [headers, query] of requests) all.push(await app.statuses(headers, query));
      return all;
    } finally {
      await app.close();
    }
  };
  const bearer = (token: string) => [{ Authorization: `Bearer ${token}` }] as const;

  it('verifies with secrets, elliptic curves and Ed25519, and keeps them apart', async () => {
    const { SignJWT } = await import('jose');
    const issue = (alg: string, key: KeyObject) =>
      new SignJWT({}).setProtectedHeader({ alg }).setExpirationTime('1m').sign(key);
    const es256 = await issue('ES256', ec.privateKey);
    const eddsa = await issue('EdDSA', ed.privateKey);
    const ps256 = await issue('PS256', rsa.privateKey);
    const use = jwt({
      algorithms: ['HS256', 'ES256', 'EdDSA', 'PS256'],
      keys: [{ secret }, ec.publicKey, ed.publicKey.export({ format: 'jwk' }), pem],
    });
    assert.deepEqual(await statuses(use, bearer(hs('HS256', secret)), bearer(es256), bearer(eddsa), bearer(ps256)), [
      GOOD,
      GOOD,
      GOOD,
      GOOD,
    ]);
    assert.deepEqual(await statuses(use, bearer(rs256()), bearer(hs('HS256', pem)), bearer(hs('HS512', secret))), [
      REFUSED,
      REFUSED,
      REFUSED,
    ]);
  });

  it('tries each of several keys, by their name where both have one', async () => {
    const jwk = (pair: typeof rsa, kid?: string) => ({
      ...pair.publicKey.export({ format: 'jwk' }),
      ...(kid === undefined ? {} : { kid }),
    });
    const keys = [jwk(other), jwk(rsa)];
    assert.deepEqual(await statuses(jwt({ keys, algorithms: ['RS256'] }), bearer(rs256())), [GOOD]);
    const named = [jwk(other, 'k1'), jwk(rsa, 'k2')];
    assert.deepEqual(await statuses(jwt({ keys: named, algorithms: ['RS256'] }), bearer(rs256())), [REFUSED]);
    assert.deepEqual(
      await statuses(jwt({ keys: named, algorithms: ['RS256'] }), bearer(rs256({ header: { kid: 'k2' } }))),
      [GOOD],
    );
  });

  it('reads the token from a cookie, the query or a subprotocol', async () => {
    const token = rs256();
    const use = jwt({ ...options, from: [{ cookie: 'session' }, { query: 'token' }, { subprotocol: 'bearer.' }] });
    assert.deepEqual(await statuses(use, [{ Cookie: `session=${token}` }], [{}, `?token=${token}`]), [GOOD, GOOD]);
    assert.deepEqual(await statuses(use, bearer(token)), [REFUSED]);
    const app = await guarded([use]);
    try {
      assert.equal(await upgradeStatus(`${app.url}/socket`, {}, ['chat', `bearer.${token}`]), 101);
      assert.equal(await upgradeStatus(`${app.url}/socket`, {}, ['chat', 'bearer.a.b.c']), 401);
    } finally {
      await app.close();
    }
  });

  it('gives the claims and the caller to the handler', async () => {
    let claims: unknown;
    const look: MiddlewareFunction = (context, next) => {
      claims = claimsOf<{ tenant: string }>(context).tenant;
      return next();
    };
    const app = await guarded([jwt(options), look]);
    try {
      const headers = { Authorization: `Bearer ${rs256({ claims: { tenant: 'acme' } })}` };
      const response = await fetch(`${app.url}/http`, { headers });
      assert.deepEqual(await response.json(), { caller: { by: 'jwt', id: 'ada' } });
      assert.equal(claims, 'acme');
    } finally {
      await app.close();
    }
  });

  it('takes tokens without an end, of one type, where it is told so', async () => {
    const endless = rs256({ claims: { exp: undefined } });
    assert.deepEqual(await statuses(jwt({ ...options, requireExpiry: false }), bearer(endless)), [GOOD]);
    const typed = jwt({ ...options, type: 'at+jwt' });
    assert.deepEqual(await statuses(typed, bearer(rs256()), bearer(rs256({ header: { typ: 'at+jwt' } }))), [
      REFUSED,
      GOOD,
    ]);
  });

  it('does not start where the options cannot be meant so', () => {
    const jwksUrl = 'https://id.example/jwks';
    const wrong: Partial<JwtOptions>[] = [
      { algorithms: [] },
      { algorithms: ['none'] as never },
      { algorithms: ['RS256', 'ES256'] },
      { keys: [] },
      { keys: '' },
      { keys: 'no pem' },
      { keys: rsa.privateKey },
      { keys: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      { keys: rsa.privateKey.export({ format: 'jwk' }) },
      { keys: { ...rsa.publicKey.export({ format: 'jwk' }), use: 'enc' } },
      { keys: { ...rsa.publicKey.export({ format: 'jwk' }), key_ops: ['encrypt'] } },
      { algorithms: ['HS256'], keys: { kty: 'oct', k: 'x'.repeat(60), key_ops: ['sign'] } },
      { keys: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey },
      { algorithms: ['HS256'], keys: { secret: 'short' } },
      { algorithms: ['HS256'], keys: { secret: ` ${pem}` } },
      { algorithms: ['HS512'], keys: { secret } },
      { jwksUrl },
      { issuer: '' },
      { audience: [] },
      { type: '' },
      { from: { cookie: '' } },
      { from: { subprotocol: '' } },
      { clockToleranceMs: -1 },
    ];
    for (const change of wrong)
      assert.throws(() => jwt({ ...options, ...change }), StartupError, JSON.stringify(change));
    // What a variable that is not set gives: it would let everybody's tokens in.
    for (const name of ['issuer', 'audience', 'type']) {
      assert.throws(() => jwt({ ...options, [name]: undefined }), /it is undefined/, name);
    }
    const { keys: _, audience: __, ...rest } = options;
    for (const change of [
      {},
      { jwksUrl },
      { jwksUrl, audience: 'a', algorithms: ['HS256'] as const },
      { jwksUrl: 'http://id.example/jwks', audience: 'a' },
      { jwksUrl: 'id.example', audience: 'a' },
      { jwksUrl: 'https://ada:secret@id.example/jwks', audience: 'a' },
      { jwksUrl: 'file:///etc/passwd', audience: 'a' },
    ]) {
      assert.throws(() => jwt({ ...rest, ...change }), StartupError, JSON.stringify(change));
    }
    assert.doesNotThrow(() => jwt({ ...rest, jwksUrl, audience: false }));
  });
});

describe('jwt() with the keys of a URL', () => {
  let issuer: KeyServer;
  before(async () => {
    issuer = await keyServer({ keys: [{ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }] });
  });
  after(() => issuer.close());

  it('lets good tokens in, and asks once however many name unknown keys', async () => {
    const { keys: _, ...rest } = options;
    const app = await guarded([jwt({ ...rest, jwksUrl: issuer.url })]);
    try {
      assert.deepEqual(await app.statuses({ Authorization: `Bearer ${rs256()}` }), GOOD);
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const token = rs256({ header: { kid: `made-up-${index}` } });
          const response = await fetch(`${app.url}/http`, { headers: { Authorization: `Bearer ${token}` } });
          await response.text();
          assert.equal(response.status, 401);
        }),
      );
      assert.equal(issuer.asked, 1);
    } finally {
      await app.close();
    }
  });

  it('answers 503 and neither 200 nor 401 while no keys are to be had', async () => {
    const { keys: _, ...rest } = options;
    const broken = await keyServer({});
    broken.answer = (response) => void response.writeHead(500).end();
    const app = await guarded([jwt({ ...rest, jwksUrl: broken.url })]);
    try {
      assert.deepEqual(await app.statuses({ Authorization: `Bearer ${rs256()}` }), [503, 503, 503]);
      const response = await fetch(`${app.url}/http`, { headers: { Authorization: `Bearer ${rs256()}` } });
      assert.equal(response.headers.get('retry-after'), '5');
      assert.deepEqual(await app.statuses(), REFUSED, 'without a token nobody needs the keys');
      assert.deepEqual(await app.statuses({ Authorization: `Bearer ${hs('HS256', pem)}` }), REFUSED);
    } finally {
      await app.close();
      await broken.close();
    }
  });
});
