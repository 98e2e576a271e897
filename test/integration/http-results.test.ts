import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { redirect } from '#src/server/result.js';
import { serve, type Served } from '../serve.js';
import { exchange, head } from './http-raw-client.js';

async function* letters(): AsyncGenerator<string | Uint8Array> {
  yield 'a';
  yield Buffer.from('b');
  yield new TextEncoder().encode('ü');
}

/** Every kind of result, by its name. */
const RESULTS: Record<string, (context: HttpContext) => unknown> = {
  undefined: () => undefined,
  null: () => null,
  string: () => 'grüß dich',
  empty: () => '',
  number: () => 0,
  boolean: () => false,
  bigint: () => 12n,
  object: () => ({ a: ['ü'], gone: undefined }),
  array: () => [1, null],
  date: () => ({ at: new Date(0) }),
  'to-json-nothing': () => ({ toJSON: () => undefined }),
  buffer: () => Buffer.from([0, 255]),
  'uint8-array': () => new Uint8Array([1, 2, 3]).subarray(1),
  'array-buffer': () => new Uint8Array([65, 66]).buffer,
  float64: () => new Float64Array(1),
  blob: () => new Blob(['<b>'], { type: 'text/html' }),
  'blob-untyped': () => new Blob(['x']),
  readable: () => Readable.from(['a', 'b']),
  'readable-stream': () => new Blob(['web']).stream(),
  iterable: () => letters(),
  'iterable-empty': () => Readable.from([]),
  'web-response': () => {
    const headers = new Headers({ 'Content-Type': 'text/css', 'X-One': '1' });
    headers.append('Set-Cookie', 'a=1');
    headers.append('Set-Cookie', 'b=2; Path=/');
    return new Response('p{}', { status: 203, headers });
  },
  'web-response-empty': () => new Response(null, { status: 204 }),
  'web-response-json': () => Response.json({ a: 1 }),
  'web-response-error': () => Response.error(),
  integration: () => ({ statusCode: 202, headers: { 'X-A': 'b', 'X-Two': ['1', '2'] }, body: { done: false } }),
  'integration-null-headers': () => ({ statusCode: 200, headers: null, body: 'text' }),
  'integration-no-body': () => ({ statusCode: 404, headers: {} }),
  'integration-null-body': () => ({ statusCode: 201, headers: {}, body: null }),
  'integration-stream': () => ({ statusCode: 200, headers: { 'content-type': 'text/csv' }, body: letters() }),
  'no-integration': () => ({ statusCode: 202, body: 'plain JSON: it has no headers' }),
  redirect: () => redirect('/elsewhere?next=%2Fhome'),
  returned: () => HttpError.notFound('order 7'),
  thrown: () => {
    throw HttpError.conflict('paid', { code: 'PAID', headers: { 'Retry-After': '3' } });
  },
  rejected: () => Promise.reject(new HttpError(418, 'teapot')),
  later: async () => ({ later: true }),
  // oxlint-disable-next-line unicorn/no-thenable -- query builders are such objects
  thenable: () => ({ then: (resolve: (value: unknown) => void) => resolve({ rows: 3 }) }),
};

@Controller('/results')
class Results {
  @Http('GET', '/:kind')
  get(_event: unknown, context: HttpContext): unknown {
    return RESULTS[context.params['kind'] ?? '']?.(context);
  }

  @Http('POST', '/created/:kind', { status: 201 })
  created(_event: unknown, context: HttpContext): unknown {
    return RESULTS[context.params['kind'] ?? '']?.(context);
  }
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const BYTES = 'application/octet-stream';

/** kind → status, content type, body; the length is announced where it is known beforehand. */
const TABLE: readonly [kind: string, status: number, type: string | undefined, body: string, length?: number][] = [
  ['undefined', 204, undefined, ''],
  ['null', 204, undefined, ''],
  ['string', 200, TEXT, 'grüß dich', 11],
  ['empty', 200, TEXT, '', 0],
  ['number', 200, TEXT, '0', 1],
  ['boolean', 200, TEXT, 'false', 5],
  ['bigint', 200, TEXT, '12', 2],
  ['object', 200, JSON_TYPE, '{"a":["ü"]}', 12],
  ['array', 200, JSON_TYPE, '[1,null]', 8],
  ['date', 200, JSON_TYPE, '{"at":"1970-01-01T00:00:00.000Z"}', 33],
  ['to-json-nothing', 204, undefined, ''],
  ['uint8-array', 200, BYTES, '\u0002\u0003', 2],
  ['array-buffer', 200, BYTES, 'AB', 2],
  ['float64', 200, BYTES, '\0'.repeat(8), 8],
  ['blob', 200, 'text/html', '<b>', 3],
  ['blob-untyped', 200, BYTES, 'x', 1],
  ['readable', 200, BYTES, 'ab'],
  ['readable-stream', 200, BYTES, 'web'],
  ['iterable', 200, BYTES, 'abü'],
  ['iterable-empty', 200, BYTES, ''],
  ['web-response', 203, 'text/css', 'p{}'],
  ['web-response-empty', 204, undefined, ''],
  ['web-response-json', 200, 'application/json', '{"a":1}'],
  ['web-response-error', 502, undefined, '', 0],
  ['integration', 202, JSON_TYPE, '{"done":false}', 14],
  ['integration-null-headers', 200, TEXT, 'text', 4],
  ['integration-no-body', 404, undefined, '', 0],
  ['integration-null-body', 201, undefined, '', 0],
  ['integration-stream', 200, 'text/csv', 'abü'],
  ['no-integration', 200, JSON_TYPE, '{"statusCode":202,"body":"plain JSON: it has no headers"}', 57],
  ['later', 200, JSON_TYPE, '{"later":true}', 14],
  ['thenable', 200, JSON_TYPE, '{"rows":3}', 10],
];

describe('the result of an @Http handler', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Results] });
  });
  after(() => served.close());

  for (const [kind, status, type, body, length] of TABLE) {
    it(`${kind} becomes ${status} ${type ?? 'without a type'}`, async () => {
      const got = await request(`${served.url}/results/${kind}`);
      assert.deepEqual([got.statusCode, got.headers['content-type'], await got.body.text()], [status, type, body]);
      if (length !== undefined) assert.equal(got.headers['content-length'], String(length));
    });

    it(`${kind} has the same head without a body where HEAD asks`, async () => {
      const got = await exchange(served.port, head(`HEAD /results/${kind}`, { Connection: 'close' }));
      assert.equal(got.status, status);
      assert.equal(got.headers.get('content-type')?.[0], type);
      if (length !== undefined) assert.equal(got.headers.get('content-length')?.[0], String(length));
    });
  }

  it('keeps bytes as they are', async () => {
    const { body } = await request(`${served.url}/results/buffer`);
    assert.deepEqual(Buffer.from(await body.arrayBuffer()), Buffer.from([0, 255]));
  });

  it('sends each cookie of a web Response as a header of its own', async () => {
    const { headers } = await request(`${served.url}/results/web-response`);
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2; Path=/']);
    assert.equal(headers['x-one'], '1');
  });

  it('sends a header with several values as several lines', async () => {
    const { headers } = await request(`${served.url}/results/integration`);
    assert.equal(headers['x-a'], 'b');
    assert.deepEqual(headers['x-two'], ['1', '2']);
  });

  it('answers a returned HttpError with its problem body', async () => {
    const got = await request(`${served.url}/results/returned`, { headers: { 'X-Request-Id': 'id-1' } });
    assert.equal(got.statusCode, 404);
    assert.equal(got.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.deepEqual(await got.body.json(), {
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      requestId: 'id-1',
      detail: 'order 7',
    });
  });

  it('answers a thrown HttpError with its code and headers', async () => {
    const got = await request(`${served.url}/results/thrown`);
    assert.equal(got.statusCode, 409);
    assert.equal(got.headers['retry-after'], '3');
    assert.equal(((await got.body.json()) as { code: string }).code, 'PAID');
  });

  it('answers an HttpError of a rejected promise, whatever its status', async () => {
    const got = await request(`${served.url}/results/rejected`);
    assert.equal(got.statusCode, 418);
    const { code, title } = (await got.body.json()) as { code: string; title: string };
    assert.deepEqual([code, title], ['HTTP_418', 'HTTP 418']);
  });

  it('sends an error to HEAD without its body', async () => {
    const got = await exchange(served.port, head('HEAD /results/returned', { Connection: 'close' }));
    assert.equal(got.status, 404);
    assert.ok(Number(got.headers.get('content-length')?.[0]) > 0);
  });

  it('leaves what is percent-encoded in a redirection as it is', async () => {
    const got = await request(`${served.url}/results/redirect`);
    assert.equal(got.statusCode, 302);
    assert.equal(got.headers.location, '/elsewhere?next=%2Fhome');
  });

  for (const [kind, status] of [
    ['undefined', 201],
    ['object', 201],
    ['blob', 201],
    ['iterable', 201],
    ['integration', 202],
    ['web-response', 203],
    ['returned', 404],
  ] as const) {
    it(`gives ${kind} the route's status unless the result has its own: ${status}`, async () => {
      const got = await request(`${served.url}/results/created/${kind}`, { method: 'POST' });
      await got.body.dump();
      assert.equal(got.statusCode, status);
    });
  }
});
