import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import type { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { isBodiless } from '#src/server/write-body.js';
import { exchange, head, post, RawClient } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';

type Headers = Record<string, string | number>;

/** More than a socket takes at once. */
const LONG = JSON.stringify(['ä'.repeat(3_000_000)]);

/** Results by name. */
const RESULTS: Record<string, () => unknown> = {
  text: () => 'grüße',
  json: () => ({ a: 1 }),
  long: () => [LONG.slice(2, -2)],
  nothing: () => undefined,
  bytes: () => Buffer.from([0, 1, 2]),
  teapot: () => ({ statusCode: 418, headers: {}, body: 'x' }),
  'no-content': () => ({
    statusCode: 204,
    headers: { 'transfer-encoding': 'chunked', 'CONTENT-length': 3 },
    body: 'abc',
  }),
  'not-modified': () => ({ statusCode: 304, headers: { 'Content-Length': 3, ETag: '"1"' }, body: 'abc' }),
  'reset-content': () => ({ statusCode: 205, headers: { 'Content-Length': 3 }, body: 'abc' }),
  'own-length': () => ({ statusCode: 200, headers: { 'content-LENGTH': 99, 'Content-length': 98 }, body: 'abc' }),
  'own-coding': () => ({ statusCode: 200, headers: { 'Transfer-Encoding': 'gzip, chunked' }, body: 'abc' }),
  'own-type': () => ({ statusCode: 200, headers: { 'CONTENT-TYPE': 'text/csv' }, body: 'abc' }),
  'bad-header': () => ({ statusCode: 200, headers: { 'X-Bad': 'a\r\nX-Injected: 1' }, body: 'abc' }),
  'bad-name': () => ({ statusCode: 200, headers: { 'X Bad': '1' }, body: 'abc' }),
  'no-content-bad-header': () => ({ statusCode: 204, headers: { 'X-Bad': 'a\0' } }),
  close: () => ({ statusCode: 200, headers: { connection: 'close' }, body: 'bye' }),
};

let release = (): void => undefined;
let waiting = false;

@Controller()
class Results {
  @Http(['GET', 'POST'], '/r/:name') get(_event: unknown, { params }: HttpContext): unknown {
    return RESULTS[params['name'] ?? '']?.();
  }
  @Http('HEAD', '/length/:length') length(_event: unknown, { params }: HttpContext): unknown {
    return { statusCode: 200, headers: { 'Content-Length': params['length'] ?? '' } satisfies Headers };
  }
  /** It reads nothing of what is sent. */
  @Http('POST', '/unread/:name') unread(): unknown {
    return RESULTS['text']?.();
  }
  @Http('POST', '/unread-close') unreadClose(): unknown {
    return RESULTS['close']?.();
  }
  @Http('GET', '/wait') async wait(): Promise<string> {
    await new Promise<void>((resolve) => {
      release = resolve;
      waiting = true;
    });
    return 'waited';
  }
}

describe('writeBody', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Results] });
  });
  after(() => served.close());

  /** The answer, after which the connection must serve another request. */
  async function get(name: string, method = 'GET') {
    const client = await RawClient.open(served.port);
    const response = await client.write(head(`${method} /r/${name}`)).response(method);
    assert.ok(response.whole);
    assert.equal((await client.write(head('GET /r/json')).response()).body, '{"a":1}', 'the connection is out of step');
    await client.destroy();
    return response;
  }

  for (const [name, status, length, body] of [
    ['text', 200, '7', 'grüße'],
    ['json', 200, '7', '{"a":1}'],
    ['bytes', 200, '3', '\0\u0001\u0002'],
    ['teapot', 418, '1', 'x'],
    ['own-length', 200, '3', 'abc'],
    ['own-coding', 200, '3', 'abc'],
    ['own-type', 200, '3', 'abc'],
    ['reset-content', 205, '0', ''],
    ['nothing', 204, undefined, ''],
    ['no-content', 204, undefined, ''],
  ] as const) {
    it(`announces what it sends, once and in no other way: ${name}`, async () => {
      const got = await get(name);
      assert.deepEqual([got.status, got.headers.get('content-length')?.join(), got.body], [status, length, body]);
      assert.equal(got.headers.has('transfer-encoding'), false);
    });

    it(`has the same head where HEAD asks: ${name}`, async () => {
      const got = await get(name, 'HEAD');
      assert.equal(got.status, status);
      assert.deepEqual(got.headers.get('content-length')?.join(), length);
      assert.equal(got.headers.has('transfer-encoding'), false);
    });
  }

  it('writes head and body at once, and longer text whole', async () => {
    const client = await RawClient.open(served.port);
    const chunks: number[] = [];
    client.socket.on('data', (chunk: Buffer) => chunks.push(chunk.length));
    for (let count = 1; count <= 3; count += 1) {
      assert.equal((await client.write(head('GET /r/json')).response()).body, '{"a":1}');
      assert.equal(chunks.length, count, 'an answer came in pieces');
    }
    assert.equal((await client.write(head('GET /r/long')).response()).body, LONG);
    await client.destroy();
  });

  it('leaves a 304 what it says of the body that it does not send (RFC 9110, section 15.4.5)', async () => {
    const { status, headers, body } = await get('not-modified');
    assert.deepEqual([status, headers.get('content-length'), headers.get('etag'), body], [304, ['3'], ['"1"'], '']);
  });

  it('has the type that the headers name, in any spelling', async () => {
    assert.deepEqual((await get('own-type')).headers.get('content-type'), ['text/csv']);
    assert.deepEqual((await get('text')).headers.get('content-type'), ['text/plain; charset=utf-8']);
    assert.equal((await get('nothing')).headers.has('content-type'), false);
  });

  it('writes no header that would end the line: nothing has gone out, and the answer is a whole 500', async () => {
    for (const name of ['bad-header', 'bad-name', 'no-content-bad-header']) {
      const { status, reason, headers } = await get(name);
      assert.deepEqual([status, reason], [500, 'Internal Server Error'], name);
      assert.equal(headers.has('x-injected'), false);
    }
  });

  it('leaves a handler of HEAD the length of what it does not make', async () => {
    const got = await exchange(served.port, head('HEAD /length/123'));
    assert.deepEqual([got.status, got.headers.get('content-length')], [200, ['123']]);
  });

  it('refuses a handler of HEAD a length that is no number of bytes, as it does any', async () => {
    for (const length of ['many', '-1', '1.5', '1e3']) {
      assert.equal((await exchange(served.port, head(`HEAD /length/${length}`))).status, 500, length);
    }
  });

  it('closes the connection where the result says so, after the answer', async () => {
    const client = await RawClient.open(served.port);
    const { headers, body } = await client.write(head('GET /r/close')).response();
    assert.deepEqual([headers.get('connection'), body], [['close'], 'bye']);
    await client.end();
    await client.destroy();
  });
});

describe('isBodiless', () => {
  it('is true of the statuses whose responses end after the head', () => {
    const bodiless = Array.from({ length: 400 }, (_, index) => index + 200).filter(isBodiless);
    assert.deepEqual(bodiless, [204, 304]);
  });
});

describe('the rest of a body that nobody reads', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Results] });
  });
  after(() => served.close());
  const KEPT = 64 * 1024;

  it('is waited for where it is small, and the connection is kept', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /unread/x', { 'Content-Length': String(KEPT) }));
    const first = await client.response();
    assert.deepEqual([first.headers.get('connection'), first.body], [['keep-alive'], 'grüße']);
    client.write(Buffer.alloc(KEPT), head('GET /r/text'));
    assert.equal((await client.response()).body, 'grüße');
    await client.destroy();
  });

  for (const [what, framing] of [
    ['large', { 'Content-Length': String(KEPT + 1) }],
    ['of unknown length', { 'Transfer-Encoding': 'chunked' }],
  ] as const) {
    it(`closes the connection after the answer where it is ${what}`, async () => {
      const client = await RawClient.open(served.port);
      const { headers, body, whole } = await client.write(head('POST /unread/x', framing)).response();
      assert.deepEqual([headers.get('connection'), body, whole], [['close'], 'grüße', true]);
      await client.end();
      await client.destroy();
    });
  }

  it('keeps the connection where the whole body has come, however large it was', async () => {
    const client = await RawClient.open(served.port);
    // A route that reads its body.
    client.write(post('/r/text', 'x'.repeat(KEPT * 2), { 'Content-Type': 'text/plain' }));
    const { headers } = await client.response();
    assert.deepEqual(headers.get('connection'), ['keep-alive']);
    await client.destroy();
  });

  it('is read though the result closes the connection, so that the client is not reset before it has its answer', async () => {
    const client = await RawClient.open(served.port);
    const faults: Error[] = [];
    client.socket.on('error', (error) => void faults.push(error));
    client.write(head('POST /unread-close', { 'Content-Length': '1000' }));
    const { headers, body } = await client.response();
    assert.deepEqual([headers.get('connection'), body], [['close'], 'bye']);
    // A connection that is closed answers the first of these with a reset, and the others cannot be written then.
    for (let piece = 0; piece < 10; piece += 1) {
      await new Promise<void>((resolve) => client.socket.write(Buffer.alloc(100), () => resolve()));
      await sleep(1);
    }
    await client.end();
    client.socket.end();
    await client.closed();
    assert.deepEqual(faults, []);
  });

  it('is not waited for once the client has left', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /unread/x', { 'Content-Length': String(KEPT + 1) }));
    await client.response();
    await client.reset();
    await until(() => served.app.requestsInFlight.length === 0);
  });
});

describe('an answer while the server goes down', () => {
  it('closes its connection', async () => {
    const served = await serve({ controllers: [Results], shutdownMs: 5000 });
    const client = await RawClient.open(served.port);
    client.write(head('GET /wait'));
    await until(() => waiting);
    const closing = served.close();
    release();
    const { headers, body } = await client.response();
    assert.deepEqual([headers.get('connection'), body], [['close'], 'waited']);
    await client.end();
    await client.destroy();
    await closing;
  });
});
