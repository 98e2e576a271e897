// Rows 1-14 of the catalogue: what node's parser sees, or lets through.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { exchange, head, RawClient } from '../integration/http-raw-client.js';
import { upgradeBytes } from '../integration/web-socket-client.js';
import { until } from '../until.js';
import { Catalogue, catalogue, codeOf, openFiles } from './catalogue.js';

let calls = 0;
let running = 0;
let mostRunning = 0;
let pulled = 0;
let left = 0;

@Controller()
class Any {
  @Http('ALL', '/')
  root(_event: unknown, context: HttpContext) {
    calls += 1;
    return { path: context.path, url: context.httpContext.url };
  }
  @Http('POST', '/text')
  text(body: string): string {
    calls += 1;
    return body;
  }
  @Http('GET', '/headers')
  headers(_event: unknown, context: HttpContext) {
    // Nothing is inherited: `toString` is a name like any other.
    const prototypes = [context.cookies, context.query].map((map) => 'toString' in map);
    const polluted = ({} as Record<string, unknown>)['x'] ?? null;
    return { cookies: Object.keys(context.cookies), polluted, prototypes };
  }
  @Http('GET', '/busy')
  async busy(): Promise<string> {
    calls += 1;
    mostRunning = Math.max(mostRunning, ++running);
    await new Promise((resolve) => void setImmediate(resolve));
    running -= 1;
    return 'x'.repeat(100);
  }
  @Http('GET', '/endless')
  async *endless() {
    try {
      for (;;) {
        pulled += 1;
        yield 'x'.repeat(65_536);
        // A generator of bytes that are there already would never let the loop of events turn.
        await new Promise((resolve) => void setImmediate(resolve));
      }
    } finally {
      left += 1;
    }
  }
}

const CHUNKED = 'POST /text HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n';
const raw = (text: string) => Buffer.from(text, 'latin1');

describe('the catalogue: HTTP parsing', () => {
  const row = catalogue({ controllers: [Any] });

  row(1, 'a header block of 17 KB is 431, and the connection is closed', async (server) => {
    await server.refuses(head('GET /good', { 'X-Long': 'x'.repeat(17 * 1024) }), 431, 'HEADERS_TOO_LARGE');
    const client = await RawClient.open(server.port);
    client.write(head('GET /good', { 'X-Long': 'x'.repeat(17 * 1024) }));
    await client.end();
    await client.destroy();
  });

  row(2, '2,500 tiny headers, which node drops in silence, are 431', async (server) => {
    await server.refuses(`GET /good HTTP/1.1\r\nHost: a\r\n${'a:b\r\n'.repeat(2500)}\r\n`, 431, 'HEADERS_TOO_LARGE');
  });

  row(3, 'a body of two lengths, or of an unknown coding, is 400, and no handler sees it', async (server) => {
    calls = 0;
    const bodies = [
      head('POST /text', { 'Content-Length': '3', 'Transfer-Encoding': 'chunked' }) + 'abc',
      head('POST /text', { 'Transfer-Encoding': 'chunked', 'Content-Length': '3' }) + '3\r\nabc\r\n0\r\n\r\n',
      head('POST /text', { 'Content-Length': ['3', '4'] }) + 'abcd',
      head('POST /text', { 'Content-Length': '3, 4' }) + 'abcd',
      head('POST /text', { 'Content-Length': '+3' }) + 'abc',
      head('POST /text', { 'Content-Length': '-1' }),
      head('POST /text', { 'Content-Length': '99999999999999999999999' }),
      head('POST /text', { 'Transfer-Encoding': 'chunked, identity' }) + '3\r\nabc\r\n0\r\n\r\n',
      head('POST /text', { 'Transfer-Encoding': 'xchunked' }) + '3\r\nabc\r\n0\r\n\r\n',
    ];
    for (const bytes of bodies) {
      const client = await RawClient.open(server.port);
      const response = await client.write(bytes).response('POST');
      assert.equal(`${response.status} ${codeOf(response)}`, '400 BAD_REQUEST', bytes);
      await client.end(); // whatever follows is no request
      await client.destroy();
    }
    assert.equal(calls, 0);
  });

  row(4, 'a chunk of endless size is 400, a chunk extension of 20 KB 413', async (server) => {
    calls = 0;
    for (const size of ['ffffffffffffffffff', '-1', 'g', '0x3', ' 3']) {
      await server.refuses(raw(`${CHUNKED}\r\n${size}\r\nabc\r\n0\r\n\r\n`), 400, 'BAD_REQUEST');
    }
    const extended = `${CHUNKED}\r\n3;${'x'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`;
    await server.refuses(raw(extended), 413, 'BODY_TOO_LARGE');
    assert.equal(calls, 0);
  });

  row(5, 'bare LF, folded lines, a blank before the colon and NUL are 400', async (server) => {
    for (const bytes of [
      'GET /good HTTP/1.1\nHost: a\n\n',
      'GET /good HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n',
      'GET /good HTTP/1.1\r\nHost : a\r\n\r\n',
      'GET /good HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n',
      'GET /good HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n',
      'GET /good HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n',
    ]) {
      await server.refuses(raw(bytes), 400, 'BAD_REQUEST');
    }
  });

  row(6, 'no Host, two Hosts and a Host that names none are 400', async (server) => {
    await server.refuses('GET /good HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST');
    await server.refuses(head('GET /good', { Host: ['a', 'b'] }), 400, 'BAD_REQUEST');
    await server.refuses(head('GET /good', { Host: ['a', 'a'] }), 400, 'BAD_REQUEST');
    await server.refuses(head('GET /good', { Host: 'a/b' }), 400, 'BAD_REQUEST');
    await server.refuses(head('GET /good', { Host: 'user@a' }), 400, 'BAD_REQUEST');
  });

  row(7, 'the host of a URL in absolute form is believed nowhere', async (server) => {
    const response = await server.ask(head('GET http://evil.example/?a=1', { Host: 'honest' }));
    assert.equal(response.status, 200);
    assert.doesNotMatch(`${response.body}${JSON.stringify([...response.headers])}`, /evil/);
    assert.equal((JSON.parse(response.body) as { path: string }).path, '/');
    assert.equal((await server.ask(head('GET http://evil.example/none', { Host: 'honest' }))).status, 404);
    await server.refuses('GET http://evil.example/ HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST');
  });

  row(8, 'OPTIONS * is 204, TRACE 405, an unknown method 400, and CONNECT is closed', async (server) => {
    const options = await server.ask(head('OPTIONS *'));
    assert.equal(options.status, 204);
    assert.match(options.headers.get('allow')?.[0] ?? '', /\bGET\b/);
    const trace = await server.ask(head('TRACE /good'));
    assert.equal(trace.status, 405);
    assert.match(trace.headers.get('allow')?.[0] ?? '', /\bGET\b/);
    await server.refuses(head('FOO /good'), 400, 'BAD_REQUEST');
    const client = await RawClient.open(server.port);
    client.write(head('CONNECT evil.example:443'));
    await client.end();
    await client.destroy();
  });

  row(9, 'another protocol on this port is 400, closed, and a line for debugging alone', async (server) => {
    for (const bytes of [
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
      'SSH-2.0-x\r\n',
    ]) {
      server.beginRow();
      const client = await RawClient.open(server.port);
      const response = await client.write(raw(bytes)).response();
      assert.equal(response.status, 400);
      await client.end();
      await client.destroy();
      assert.deepEqual(
        server.lines.map(({ level }) => level),
        ['debug'],
      );
    }
  });

  row(10, 'an unknown expectation is 417, and a body over the limit 413 instead of 100', async (server) => {
    calls = 0;
    assert.equal((await server.ask(head('GET /good', { Expect: '200-ok' }))).status, 417);
    const tooLarge = head('POST /text', { Expect: '100-continue', 'Content-Length': String(64 << 20) });
    const response = await server.ask(tooLarge);
    assert.equal(`${response.status} ${codeOf(response)}`, '413 BODY_TOO_LARGE');
    assert.equal(calls, 0);
  });

  row(12, 'headers and cookies named __proto__ are headers and cookies', async (server) => {
    for (const cookie of ['__proto__=1', '__proto__[x]=1; constructor=2']) {
      const response = await server.ask(head('GET /headers', { __proto__x: '1', Cookie: cookie }));
      assert.equal(response.status, 200);
      const { polluted, prototypes } = JSON.parse(response.body) as { polluted: unknown; prototypes: boolean[] };
      assert.deepEqual([polluted, prototypes], [null, [false, false]]);
    }
    const named = await server.ask('GET /headers HTTP/1.1\r\nHost: a\r\n__proto__: x\r\nconstructor: y\r\n\r\n');
    assert.equal(named.status, 200);
  });

  row(13, '1,000 pipelined requests and a reset: one handler at a time, and none after the end', async (server) => {
    calls = 0;
    mostRunning = 0;
    const client = await RawClient.open(server.port);
    client.write(head('GET /busy').repeat(1000));
    await client.response();
    await client.reset();
    await until(() => server.served.app.requestsInFlight.length === 0);
    const then = calls;
    await server.servesOn();
    assert.equal(calls, then, 'no handler ran after the end');
    assert.ok(calls < 1000, `${calls} ran`);
    assert.equal(mostRunning, 1);
  });

  row(14, 'an upgrade of an HTTP route is answered and closed; h2c is passed over', async (server) => {
    const client = await RawClient.open(server.port);
    const response = await client.write(upgradeBytes('/good')).response();
    assert.ok(response.status === 404 || response.status === 426, String(response.status));
    await client.end();
    await client.destroy();
    const h2c = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' };
    const ignored = await server.ask(head('GET /good', h2c));
    assert.deepEqual([ignored.status, ignored.body], [200, 'good']); // RFC 9110, section 7.8: better than 426
  });
});

describe('the catalogue: slow clients', () => {
  const row = catalogue({ controllers: [Any], headersTimeoutMs: 300, requestTimeoutMs: 600, shutdownMs: 300 });

  row(11, 'slow headers and a slow body are 408, and closed', async (server) => {
    for (const begun of ['GET /good HTTP/1.1\r\nHost: a\r\nX-', `${CHUNKED}\r\n1\r\na\r\n`]) {
      const client = await RawClient.open(server.port);
      client.write(begun);
      const drip = setInterval(() => client.write(begun.startsWith('GET') ? 'a' : '1\r\na\r\n'), 50);
      const response = await client.response();
      clearInterval(drip);
      assert.equal(`${response.status} ${codeOf(response)}`, '408 REQUEST_TIMEOUT');
      await client.end();
      await client.destroy();
    }
  });

  row(11, 'a response that is not read stops its source, which is left when the client goes', async (server) => {
    pulled = 0;
    left = 0;
    const client = await RawClient.open(server.port);
    client.socket.pause();
    client.write(head('GET /endless'));
    // Until it stands still: the buffers of TCP are full.
    for (let before = -1; pulled === 0 || before !== pulled; ) {
      before = pulled;
      for (let turn = 0; turn < 20; turn++) await exchange(server.port, head('GET /good'));
    }
    assert.ok(pulled < 1000, `${pulled} pieces of 64 KiB were made for nobody`);
    await client.reset();
    await until(() => left === 1);
  });
});

describe('the catalogue: slow readers', () => {
  const row = catalogue({ controllers: [Any], writeTimeoutMs: 200, shutdownMs: 300 });

  row(11, 'a response of which nothing is taken for too long is cut, with one line', async (server) => {
    left = 0;
    const client = await RawClient.open(server.port);
    client.socket.pause();
    client.write(head('GET /endless'));
    await until(() => left === 1);
    assert.equal(server.lines.filter(({ msg }) => msg.includes('does not read')).length, 1);
    client.socket.resume(); // what is left in its buffers, and then the end
    await client.end();
    await client.destroy();
  });
});

describe('the catalogue: what HTTP parsing leaves behind', () => {
  const row = catalogue({ controllers: [Any], accessLog: false });

  row(1, 'and all of the above, 300 times over, leave no descriptor', async (server: Catalogue) => {
    const before = openFiles();
    const bad = [
      head('GET /good', { 'X-Long': 'x'.repeat(17 * 1024) }),
      raw(`${CHUNKED}\r\nfffffffffffffffffff\r\n`),
      'GET /good HTTP/1.1\r\n\r\n',
      'SSH-2.0-x\r\n',
      upgradeBytes('/good'),
    ];
    for (let round = 0; round < 300; round += 5) await Promise.all(bad.map((bytes) => server.ask(bytes)));
    await until(() => openFiles() <= before);
  });
});
