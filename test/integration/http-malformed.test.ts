import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';
import { exchange, head, RawClient, type RawResponse } from './http-raw-client.js';

let calls = 0;
let release: (() => void) | undefined;

@Controller()
class Any {
  @Http('ALL', '/')
  root(_event: unknown, context: HttpContext): unknown {
    calls += 1;
    return { path: context.path, url: context.httpContext.url, method: context.method };
  }

  @Http('POST', '/text')
  text(body: string): string {
    calls += 1;
    return body;
  }

  @Http('GET', '/slow')
  async slow(): Promise<string> {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return 'slow';
  }

  @WebSocket('/socket')
  message(): void {
    calls += 1;
  }
}

/** What an error says, its shape checked. */
function problemOf(response: RawResponse): { code: string; detail?: string } {
  assert.equal(response.headers.get('content-type')?.[0], 'application/problem+json; charset=utf-8');
  const problem = JSON.parse(response.body) as Record<string, unknown>;
  assert.equal(problem['type'], 'about:blank');
  assert.equal(problem['status'], response.status);
  assert.equal(typeof problem['title'], 'string');
  assert.match(String(problem['requestId']), /^[\w-]{36}$/);
  return problem as { code: string; detail?: string };
}

describe('what is not proper HTTP', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Any], maxUrlBytes: 1000, maxHeaders: 50 });
  });
  after(() => served.close());
  afterEach(async () => {
    const { statusCode, body } = await request(served.url);
    await body.dump();
    assert.equal(statusCode, 200, 'the server answers the next good request');
    assert.deepEqual(
      served.lines.filter(({ level }) => level === 'error'),
      [],
    );
  });

  const CHUNKED = 'Transfer-Encoding: chunked';
  const REFUSED: readonly [what: string, bytes: string, status: number, code: string][] = [
    ['a header block of 17 KB', head('GET /', { 'X-Big': 'x'.repeat(17 * 1024) }), 431, 'HEADERS_TOO_LARGE'],
    [
      '2,500 headers, which node drops in silence',
      head('GET /', Object.fromEntries(Array.from({ length: 2500 }, (_, index) => [`a${index}`, '']))),
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['one header too many', head('GET /', { a: Array.from({ length: 50 }, () => '1') }), 431, 'HEADERS_TOO_LARGE'],
    [
      'length and chunks at once',
      `POST /text HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n${CHUNKED}\r\n\r\nabc`,
      400,
      'BAD_REQUEST',
    ],
    ['two lengths', head('POST /text', { 'Content-Length': ['3', '4'] }), 400, 'BAD_REQUEST'],
    [
      'a transfer coding after chunked',
      head('POST /text', { 'Transfer-Encoding': 'chunked, identity' }),
      400,
      'BAD_REQUEST',
    ],
    ['an unknown transfer coding', head('POST /text', { 'Transfer-Encoding': 'xchunked' }), 400, 'BAD_REQUEST'],
    [
      'a chunk of endless size',
      `POST /text HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n\r\nfffffffffffffffffff\r\n`,
      400,
      'BAD_REQUEST',
    ],
    [
      'a chunk extension of 20 KB',
      `POST /text HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n\r\n1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
      413,
      'BODY_TOO_LARGE',
    ],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n', 400, 'BAD_REQUEST'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST'],
    ['two Hosts', head('GET /', { Host: ['a', 'b'] }), 400, 'BAD_REQUEST'],
    ['a method that nobody knows', head('FOO /'), 400, 'BAD_REQUEST'],
    ['a TLS hello', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a URL beyond the limit', head(`GET /${'a'.repeat(1000)}`), 414, 'URL_TOO_LONG'],
    ['a fragment in the URL', head('GET /#part'), 400, 'MALFORMED_URL'],
    ['an expectation that nobody knows', head('GET /', { Expect: '200-ok' }), 417, 'HTTP_417'],
  ];

  for (const [what, bytes, status, code] of REFUSED) {
    it(`refuses ${what} with ${status} ${code}, and calls no handler`, async () => {
      calls = 0;
      const response = await exchange(served.port, Buffer.from(bytes, 'latin1'));
      assert.equal(response.status, status, response.body);
      assert.equal(problemOf(response).code, code);
      assert.ok(response.whole);
      assert.equal(calls, 0);
    });
  }

  it('closes the connection after what could not be read, though the client keeps it open and goes on sending', async () => {
    const client = await RawClient.open(served.port);
    assert.equal((await client.write('FOO / HTTP/1.1\r\n\r\n').response()).status, 400);
    await client.end();
    // A closed connection answers what is still sent with a reset; one that is read on does not.
    const sending = setInterval(() => client.write('more\r\n\r\n'), 20);
    await client.closed();
    clearInterval(sending);
  });

  it('closes the connection of the HTTP/2 preface', async () => {
    const client = await RawClient.open(served.port);
    client.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await client.end();
    await client.destroy();
  });

  it('closes the connection of CONNECT', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('CONNECT example.org:443'));
    await client.end();
    await client.destroy();
  });

  it('answers TRACE with 405', async () => {
    const response = await exchange(served.port, head('TRACE /'));
    assert.equal(response.status, 405);
    assert.equal(problemOf(response).code, 'METHOD_NOT_ALLOWED');
  });

  it('takes of a URL in absolute form only the path, and never shows the host', async () => {
    for (const url of ['http://evil.example/?a=1', 'HTTPS://user@evil.example?a=1', 'http://evil.example']) {
      const response = await exchange(served.port, head(`GET ${url}`));
      assert.equal(response.status, 200, url);
      const { path, url: full } = JSON.parse(response.body) as { path: string; url: string };
      assert.equal(path, '/');
      assert.match(full, /^http:\/\/test\/(?:\?a=1)?$/);
    }
    const unknown = await exchange(served.port, head('GET http://evil.example/none'));
    assert.equal(unknown.status, 404);
    assert.doesNotMatch(unknown.body, /evil/);
  });

  it('answers HTTP/1.0 without a Host', async () => {
    const response = await exchange(served.port, 'GET / HTTP/1.0\r\n\r\n');
    assert.equal(response.status, 200);
  });

  it('answers OPTIONS * with every method', async () => {
    const response = await exchange(served.port, head('OPTIONS *'));
    assert.equal(response.status, 204);
    assert.match(response.headers.get('allow')?.[0] ?? '', /GET.*DELETE/);
  });

  it('takes headers and cookies named __proto__ for what they are', async () => {
    const response = await exchange(served.port, head('GET /', { ['__proto__']: 'x', Cookie: '__proto__=1' }));
    assert.equal(response.status, 200);
    assert.equal(({} as { x?: unknown }).x, undefined);
  });

  it('answers the request before the garbage first, and then the garbage', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /slow'));
    await until(() => release !== undefined);
    client.write('garbage\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    release?.();
    assert.equal((await client.response()).body, 'slow');
    assert.equal((await client.response()).status, 400);
    await client.end();
    await client.destroy();
  });
});
