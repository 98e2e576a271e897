import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { HttpError } from '#src/errors/http-error.js';
import { checkHandshake, checkOrigin } from '#src/server/check-handshake.js';

const GOOD = { upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };

function request(headers: Record<string, string | undefined>, method = 'GET', httpVersion = '1.1'): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method, headers, httpVersion });
}

function statusOf(check: () => void): number {
  try {
    check();
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
  return 101;
}

describe('checkHandshake', () => {
  it('accepts a proper handshake, the word websocket in any case', () => {
    assert.equal(
      statusOf(() => checkHandshake(request(GOOD))),
      101,
    );
    assert.equal(
      statusOf(() => checkHandshake(request({ ...GOOD, upgrade: 'WebSocket' }))),
      101,
    );
  });

  const refused: [string, IncomingMessage, number][] = [
    ['POST', request(GOOD, 'POST'), 405],
    ['HTTP/1.0', request(GOOD, 'GET', '1.0'), 400],
    ['another protocol', request({ ...GOOD, upgrade: 'h2c' }), 426],
    ['version 7', request({ ...GOOD, 'sec-websocket-version': '7' }), 426],
    ['version 8', request({ ...GOOD, 'sec-websocket-version': '8' }), 426],
    ['no version', request({ ...GOOD, 'sec-websocket-version': undefined }), 426],
    ['no key', request({ ...GOOD, 'sec-websocket-key': undefined }), 400],
    ['a short key', request({ ...GOOD, 'sec-websocket-key': 'c2hvcnQ=' }), 400],
    ['two keys', request({ ...GOOD, 'sec-websocket-key': `${GOOD['sec-websocket-key']}, x` }), 400],
  ];
  for (const [what, given, status] of refused) {
    it(`refuses ${what} with ${status}`, () =>
      assert.equal(
        statusOf(() => checkHandshake(given)),
        status,
      ));
  }
});

describe('checkOrigin', () => {
  const verdict = (headers: Record<string, string>, origins: string[] = [], trustProxy = false) =>
    statusOf(() => checkOrigin(request({ cookie: 'a=1', host: 'app.example', ...headers }), origins, trustProxy));

  it('lets the own origin in, whether or not it names its scheme’s port', () => {
    assert.equal(verdict({ origin: 'https://app.example' }), 101);
    assert.equal(verdict({ origin: 'http://app.example', host: 'APP.example:80' }), 101);
    assert.equal(verdict({ origin: 'https://app.example', host: 'app.example:443' }), 101);
    assert.equal(verdict({ origin: 'http://app.example:9000', host: 'app.example:9000' }), 101);
  });

  for (const origin of [
    'http://evil',
    'null',
    'http://10.0.0.1',
    'https://app.example.evil.example',
    'http://app.example:81',
    'https://evil.example/app.example',
    'file://',
    '',
  ]) {
    it(`refuses ${origin || 'an empty origin'} with cookies`, () => assert.equal(verdict({ origin }), 403));
  }

  const bare = (headers: Record<string, string>, origins: string[] = []) =>
    statusOf(() => checkOrigin(request({ host: 'app.example', ...headers }), origins, false));

  it('takes Authorization, which browsers add by themselves too, for a credential as cookies are', () => {
    const authorization = 'Basic YTpi';
    assert.equal(bare({ origin: 'http://evil', authorization }), 403);
    assert.equal(bare({ origin: 'http://app.example', authorization }), 101);
    assert.equal(bare({ authorization }), 101);
  });

  it('refuses origins that nobody can be held to even without credentials, unless they are listed', () => {
    for (const origin of ['null', 'http://10.0.0.1', 'http://[::1]:3000', 'file://', '', 'nonsense']) {
      assert.equal(bare({ origin }), 403, origin);
      assert.equal(bare({ origin }, [origin]), 101, origin);
    }
    assert.equal(bare({ origin: 'http://127.0.0.1:9000', host: '127.0.0.1:9000' }), 101);
    assert.equal(bare({ origin: 'http://localhost:5173' }), 101);
  });

  it('refuses pages of the world that ask for a server of this machine or network, even without credentials', () => {
    for (const host of ['localhost:9000', '127.0.0.1:9000', '[::1]:9000', '10.0.0.1', 'app.localhost']) {
      assert.equal(bare({ origin: 'https://evil.example', host }), 403, host);
      assert.equal(bare({ origin: 'https://evil.example', host }, ['https://evil.example']), 101, host);
      assert.equal(bare({ origin: 'http://localhost:5173', host }), 101, host);
      const behindProxy = request({ origin: 'https://app.example', host });
      assert.equal(
        statusOf(() => checkOrigin(behindProxy, [], true)),
        101,
        'the address is what the proxy asks for',
      );
    }
    assert.equal(bare({ origin: 'https://localhost.evil.example', host: 'localhost:9000' }), 403);
  });

  it('lets in what is listed, everybody by *, and whoever sends no cookies or no origin', () => {
    assert.equal(verdict({ origin: 'https://other.example' }, ['https://other.example']), 101);
    assert.equal(verdict({ origin: 'null' }, ['*']), 101);
    assert.equal(verdict({}), 101);
    assert.equal(
      statusOf(() => checkOrigin(request({ origin: 'http://evil', host: 'app.example' }), [], false)),
      101,
    );
  });

  it('takes a proxy’s word for the host only where the proxy is trusted', () => {
    const headers = {
      origin: 'https://public.example',
      host: 'internal:9000',
      'x-forwarded-host': 'x, public.example',
    };
    assert.equal(verdict(headers), 403);
    assert.equal(verdict(headers, [], true), 101);
    assert.equal(verdict({ ...headers, origin: 'https://x' }, [], true), 403);
  });
});
