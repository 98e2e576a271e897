// Rows 66-68 of the catalogue: tokens, their keys, and signatures. Each is tried more closely in test/security, where
// bypass.test.ts has the whole table of methods, spellings and transports.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { after, describe } from 'node:test';
import { MemoryStore } from '#src/channels/memory-store.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { jwt } from '#src/security/jwt.js';
import { signature } from '#src/security/signature.js';
import { signRequest, type SignRequestInit } from '#src/security/sign-request.js';
import { head, post, RawClient } from '../integration/http-raw-client.js';
import { upgradeBytes } from '../integration/web-socket-client.js';
import { keyServer } from '../security/key-server.js';
import { type Catalogue, catalogue, codeOf, SECRET } from './catalogue.js';

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwk = (pair: typeof ours, kid: string) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' });

/** Answers and closes, so that no connection to the issuer is left of a row. */
const answering =
  (body: unknown, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, { Connection: 'close' }).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const issuer = await keyServer({});
after(() => issuer.close());

let handled = 0;
const known = { algorithms: ['RS256'], issuer: 'us', audience: 'orders' } as const;

@Controller('/known', { use: [jwt({ ...known, keys: pem })] })
class Known {
  @Http('GET', '/') get() {
    handled += 1;
    return 'in';
  }
}

@Controller('/remote', { use: [jwt({ ...known, jwksUrl: issuer.url })] })
class Remote {
  @Http('GET', '/') get() {
    handled += 1;
    return 'in';
  }
}

@Controller('/rotating', { use: [jwt({ ...known, jwksUrl: issuer.url, jwksMaxAgeMs: 1, jwksCooldownMs: 1 })] })
class Rotating {
  @Http('GET', '/') get() {
    handled += 1;
    return 'in';
  }
}

const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const claimsWith = (claims: object) => ({ sub: SECRET, iss: 'us', aud: 'orders', exp: now() + 60, ...claims });

/** Made by hand, so that it can be as wrong as the row wants. */
function token(header: object = {}, claims: object = {}, key: KeyObject = ours.privateKey): string {
  const input = `${encode({ alg: 'RS256', kid: 'k1', ...header })}.${encode(claimsWith(claims))}`;
  return `${input}.${signBytes('sha256', Buffer.from(input), key).toString('base64url')}`;
}
function hs256(key: string): string {
  const input = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(claimsWith({}))}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

const ask = (server: Catalogue, path: string, bearer: string) =>
  server.ask(head(`GET ${path}`, { Authorization: `Bearer ${bearer}` }));

describe('the catalogue: tokens', () => {
  const row = catalogue({ controllers: [Known, Remote, Rotating] });

  row(66, 'whatever is wrong with a token is 401, and nobody is told what', async (server) => {
    assert.equal((await ask(server, '/known', token())).status, 200);
    handled = 0;
    const good = token();
    const [header = '', payload = '', mac = ''] = good.split('.');
    const wrong: readonly string[] = [
      ...['none', 'None', 'nOnE'].flatMap((alg) => [`${encode({ alg })}.${payload}.`, token({ alg })]),
      ...[pem, ` ${pem}`, pem.trim(), `\n${pem}`].map(hs256),
      token({ crit: ['x'], x: 1 }),
      token({ crit: ['b64'], b64: false }),
      token({ jwk: theirs.publicKey.export({ format: 'jwk' }) }, {}, theirs.privateKey),
      token({ jku: issuer.url }, {}, theirs.privateKey),
      token({ x5u: issuer.url }, {}, theirs.privateKey),
      token({ kid: '../../dev/null' }, {}, theirs.privateKey),
      token({}, { exp: now() - 61 }),
      token({}, { nbf: now() + 61 }),
      token({}, { exp: undefined }),
      token({}, { aud: 'others' }),
      token({}, { aud: ['others', 'more'] }),
      token({}, { iss: 'them' }),
      `${header}.${payload}`,
      '..',
      `${good}.${mac}.${mac}`,
      `${header}=.${payload}.${mac}`,
      '!!!.???.***',
      `${header}.${payload}.${mac.slice(0, -4)}`,
      token({}, { padding: 'x'.repeat(7000) }),
    ];
    const answers = new Set<string>();
    for (const bearer of wrong) {
      server.beginRow();
      const response = await ask(server, '/known', bearer);
      assert.equal(`${response.status} ${codeOf(response)}`, '401 UNAUTHORIZED', bearer.slice(0, 80));
      assert.deepEqual(response.headers.get('www-authenticate'), ['Bearer error="invalid_token"']);
      const { requestId: _, ...problem } = JSON.parse(response.body) as { requestId: string };
      answers.add(JSON.stringify(problem));
      assert.doesNotMatch(JSON.stringify(server.lines), /eyJ/);
    }
    assert.equal(answers.size, 1, 'they all say the same');
    // A list of audiences is good if ours is among them.
    assert.equal((await ask(server, '/known', token({}, { aud: ['others', 'orders'] }))).status, 200);
    // 100 KB are not even a header.
    const huge = await ask(server, '/known', `${good}${'x'.repeat(100_000)}`);
    assert.equal(`${huge.status} ${codeOf(huge)}`, '431 HEADERS_TOO_LARGE');
    assert.deepEqual([handled, issuer.asked], [1, 0]);
  });

  row(66, '1,000 tokens that name unknown keys make one look at the issuer', async (server) => {
    issuer.answer = answering({ keys: [jwk(ours, 'k1')] });
    issuer.asked = 0;
    handled = 0;
    const client = await RawClient.open(server.port);
    for (let sent = 0; sent < 1000; sent += 100) {
      const requests = Array.from({ length: 100 }, (_, index) => {
        const made = token({ kid: `made-up-${sent + index}` }, {}, theirs.privateKey);
        return head('GET /remote', { Authorization: `Bearer ${made}` });
      });
      client.write(requests.join(''));
      for (let index = 0; index < 100; index += 1) assert.equal((await client.response()).status, 401);
    }
    await client.destroy();
    assert.deepEqual([handled, issuer.asked], [0, 1]);
    assert.equal((await ask(server, '/remote', token())).status, 200);
    assert.equal(issuer.asked, 1);
  });

  row(
    67,
    'an issuer that fails leaves the keys that are known; a new key is looked for and used',
    async (server) => {
      issuer.answer = answering({ keys: [jwk(ours, 'k1')] });
      const statusOf = async (kid: string, key: KeyObject) =>
        (await ask(server, '/rotating', token({ kid }, {}, key))).status;
      // Nothing is known yet: 503, and neither 200 nor 401.
      for (const answer of [
        answering('down', 500),
        answering('<html>'),
        answering('[null]'),
        answering(`${' '.repeat(10_000_000)}{"keys":[]}`),
        (response: ServerResponse) =>
          void response.writeHead(302, { Location: '/elsewhere', Connection: 'close' }).end(),
        (response: ServerResponse) => void response.socket?.destroy(),
      ]) {
        issuer.answer = answer;
        const response = await ask(server, '/rotating', token());
        assert.equal(`${response.status} ${codeOf(response)}`, '503 UNAVAILABLE');
        assert.deepEqual(response.headers.get('retry-after'), ['5']);
      }
      issuer.answer = answering({ keys: [jwk(ours, 'k1')] });
      assert.equal(await statusOf('k1', ours.privateKey), 200);
      issuer.answer = answering('down', 500);
      assert.equal(await statusOf('k1', ours.privateKey), 200, 'what is known goes on');
      issuer.answer = answering({ keys: [jwk(theirs, 'k2')] });
      assert.equal(await statusOf('k2', theirs.privateKey), 200, 'the issuer has other keys now');
    },
    { logsErrors: true },
  );

  row(
    67,
    'an issuer that hangs is waited for five seconds',
    async (server) => {
      const open: ServerResponse[] = [];
      issuer.answer = (response) => void open.push(response);
      const began = performance.now();
      const response = await ask(server, '/rotating', token({ kid: 'k9' }));
      assert.equal(response.status, 503);
      assert.ok(performance.now() - began > 4000, 'and not less');
      for (const each of open) each.destroy();
    },
    { logsErrors: true },
  );
});

const keys = { ada: 'the secret of ada' };

class BrokenStore extends MemoryStore {
  override set(): Promise<boolean> {
    return Promise.reject(new Error('down'));
  }
}

@Controller('/signed', { use: [signature({ form: 'acs3', keys })] })
class Signed {
  @Http('GET', '/') get() {
    handled += 1;
    return 'in';
  }
  @Http('POST', '/') post(event: unknown) {
    handled += 1;
    return event;
  }
  @Sse('/events') *events() {
    handled += 1;
    yield 'in';
  }
  @WebSocket('/socket', { on: 'upgrade' }) upgrade() {
    handled += 1;
  }
  @WebSocket('/socket') said() {}
}

@Controller('/unsure', { use: [signature({ form: 'acs3', keys, store: new BrokenStore() })] })
class Unsure {
  @Http('GET', '/') get() {
    handled += 1;
    return 'in';
  }
}

describe('the catalogue: signatures', () => {
  const row = catalogue({ controllers: [Signed, Unsure] });
  const WINDOW = 15 * 60_000;
  const signed = (path: string, init: Partial<SignRequestInit> = {}): Record<string, string> => ({
    Host: 'app.example',
    ...signRequest({
      form: 'acs3',
      accessKeyId: 'ada',
      accessKeySecret: keys.ada,
      url: `http://app.example${path}`,
      ...init,
    }),
  });

  row(
    68,
    'a signature holds for its time, once, and for the bytes that were signed',
    async (server) => {
      handled = 0;
      const status = async (headers: Record<string, string | readonly string[]>, line = 'GET /signed') =>
        (await server.ask(head(line, headers))).status;
      assert.equal(await status(signed('/signed')), 200);
      for (const ms of [-WINDOW - 1000, WINDOW + 2000]) {
        assert.equal(await status(signed('/signed', { date: new Date(Date.now() + ms) })), 401, `${ms}`);
      }
      const again = signed('/signed', { nonce: false });
      assert.deepEqual([await status(again), await status(again)], [200, 401], 'a replay');

      const { Authorization = '', ...rest } = signed('/signed');
      assert.equal(await status({ ...rest, Authorization: [Authorization, Authorization] }), 400, 'twice');
      for (const digest of ['', 'ab', '0'.repeat(63), '0'.repeat(64), '0'.repeat(66), 'g'.repeat(64)]) {
        const wrong = Authorization.replace(/[0-9a-f]{64}$/, digest);
        assert.equal(await status({ ...rest, Authorization: wrong }), 401, `a digest of ${digest.length}`);
      }
      assert.equal(await status(signed('/unsure'), 'GET /unsure'), 503, 'nobody can tell whether it is new');
      assert.equal(handled, 2);

      const body = `{"a": 1, "ä": "${SECRET}"}`;
      const json = { 'Content-Type': 'application/json' };
      const sendSigned = async (bytes: string | Buffer) => {
        const headers = signed('/signed', { method: 'POST', headers: json, body });
        return (await server.ask(post('/signed', bytes, { ...json, ...headers }))).status;
      };
      assert.equal(await sendSigned(body), 200);
      for (const other of [JSON.stringify(JSON.parse(body)), Buffer.from(body, 'latin1'), `${body} `, '']) {
        assert.equal(await sendSigned(other), 401, String(other));
      }
      assert.equal(handled, 3);
    },
    { logsErrors: true },
  );

  row(
    68,
    'there is no way around a guard: every other way is answered as the plain one is, or is no way',
    async (server) => {
      handled = 0;
      const claims: readonly Record<string, string>[] = [
        {},
        { 'X-HTTP-Method-Override': 'OPTIONS' },
        { 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Host': 'localhost', 'X-Forwarded-Prefix': '/open' },
        { Origin: 'https://friend.example', 'Access-Control-Request-Method': 'GET' },
      ];
      const spellings = [
        '/signed',
        '/signed/',
        '/%73igned',
        '//signed',
        '/SIGNED',
        '/./signed',
        '/x/../signed',
        '/signed%2f',
      ];
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        for (const claim of claims) {
          for (const path of [...spellings, '/signed/events']) {
            const response = await server.ask(head(`${method} ${path}`, claim));
            const what = `${method} ${path} ${JSON.stringify(claim)}: ${response.status}`;
            const others = method === 'OPTIONS' ? [204, 404] : [404, 405];
            assert.ok(response.status === 401 || others.includes(response.status), what);
            if (['/signed', '/signed/', '/%73igned'].includes(path) && method !== 'OPTIONS') {
              assert.equal(response.status, 401, what);
            }
          }
          const upgrade = await server.ask(upgradeBytes('/signed/socket', { Host: 'app.example', ...claim }));
          assert.equal(upgrade.status, 401, JSON.stringify(claim));
        }
      }
      assert.equal(handled, 0);
    },
  );
});
