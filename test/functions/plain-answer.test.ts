import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';

import { serveProject, type ServedProject } from './serve-project.js';

/** What each path returns or throws. */
const RESULTS = `
const { HttpError } = require('yunction');
const { Readable } = require('node:stream');
const results = {
  undefined: () => undefined, null: () => null, string: () => 'text', empty: () => '', html: () => ' <b>x</b>',
  number: () => 5, nan: () => NaN, boolean: () => false, date: () => new Date(0), object: () => ({ a: 1 }), array: () => [1],
  buffer: () => Buffer.from('bytes'), stream: () => Readable.from(['a', 'b']), promise: async () => 'later',
  integration: () => ({ statusCode: 201, headers: { 'X-A': 'b', 'X-None': undefined }, body: { a: 1 } }),
  nullHeaders: () => ({ statusCode: 202, headers: null, body: 'x' }),
  noHeaders: () => ({ statusCode: 404, body: 'x' }),
  found: () => ({ statusCode: 302, headers: { Location: '/x' } }),
  nullBody: () => ({ statusCode: 200, headers: {}, body: null }),
  bare204: () => ({ statusCode: 204, headers: {} }),
  html404: () => ({ statusCode: 404, headers: {}, body: '<h1>no</h1>' }),
  typed: () => ({ statusCode: 200, headers: { 'content-type': 'text/css' }, body: '<' }),
  numberBody: () => ({ statusCode: 200, headers: {}, body: 7 }),
  business: () => ({ code: 'SOLD_OUT', message: 'none left' }),
  bigint: () => 1n, cycle: () => { const a = {}; a.a = a; return a; },
  throws: () => { throw Object.assign(new Error('secret'), { status: 404 }); }, rejects: async () => { throw new Error('secret'); },
  string500: () => { throw 'secret'; }, throwsNull: () => { throw null; }, rejectsNull: () => Promise.reject(null),
  own: () => { throw new HttpError(409, 'taken', { code: 'TAKEN', headers: { 'X-Why': 'x' } }); },
  returnedOwn: () => HttpError.notFound('order 5'), badStatus: () => ({ statusCode: 99, headers: {} }),
};
exports.main = (event, context) => results[context.httpContext.url.split('/').pop()]();
`;

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const BYTES = 'application/octet-stream';

describe('the answer of a plain function', () => {
  let served: ServedProject;
  let exposing: ServedProject;
  before(async () => {
    served = await serveProject({ 'index.js': RESULTS }, { accessLog: true });
    exposing = await serveProject({ 'index.js': RESULTS }, { exposeErrors: true });
  });
  after(async () => {
    await served.close();
    await exposing.close();
  });

  for (const [name, status, type, body] of [
    ['undefined', 204, undefined, ''],
    ['null', 204, undefined, ''],
    ['string', 200, TEXT, 'text'],
    ['empty', 200, TEXT, ''],
    ['html', 200, HTML, ' <b>x</b>'],
    ['number', 200, JSON_TYPE, '5'],
    ['nan', 200, JSON_TYPE, 'null'],
    ['boolean', 200, JSON_TYPE, 'false'],
    ['date', 200, JSON_TYPE, '"1970-01-01T00:00:00.000Z"'],
    ['object', 200, JSON_TYPE, '{"a":1}'],
    ['array', 200, JSON_TYPE, '[1]'],
    ['buffer', 200, BYTES, 'bytes'],
    ['stream', 200, BYTES, 'ab'],
    ['promise', 200, TEXT, 'later'],
    ['integration', 201, JSON_TYPE, '{"a":1}'],
    ['nullHeaders', 202, TEXT, 'x'],
    ['noHeaders', 200, JSON_TYPE, '{"statusCode":404,"body":"x"}'],
    ['found', 302, TEXT, 'Found'],
    ['nullBody', 200, undefined, ''],
    ['bare204', 204, undefined, ''],
    ['html404', 404, HTML, '<h1>no</h1>'],
    ['typed', 200, 'text/css', '<'],
    ['numberBody', 200, JSON_TYPE, '7'],
    ['business', 200, JSON_TYPE, '{"code":"SOLD_OUT","message":"none left"}'],
  ] as const) {
    it(`is ${status} ${type ?? 'without a type'} for ${name}`, async () => {
      const response = await request(`${served.url}/${name}`);
      assert.deepEqual([response.statusCode, response.headers['content-type']], [status, type]);
      assert.equal(await response.body.text(), body);
      assert.equal(response.headers['x-request-id'], undefined);
    });
  }

  for (const name of ['throws', 'rejects', 'string500', 'throwsNull', 'rejectsNull', 'bigint', 'cycle', 'badStatus']) {
    it(`is 500 SYS_ERR for ${name}, and says no more`, async () => {
      const headers = { 'X-Request-Id': `id-${name}` };
      const response = await request(`${served.url}/${name}`, { headers });
      assert.deepEqual([response.statusCode, response.headers['content-type']], [500, JSON_TYPE]);
      const expected = { code: 'SYS_ERR', message: 'System Error.', requestId: `id-${name}` };
      assert.deepEqual(await response.body.json(), expected);
    });
  }

  it('has the stack of the function’s own lines outside production', async () => {
    const body = (await (await request(`${exposing.url}/throws`)).body.json()) as { stack: string };
    assert.match(body.stack, /^Error: secret\n {4}at /);
    assert.match(body.stack, /index\.js:/);
    assert.doesNotMatch(body.stack, /node:|plain-endpoint/);
    const text = (await (await request(`${exposing.url}/string500`)).body.json()) as { stack: string };
    assert.equal(text.stack, '');
  });

  it('keeps status, code and headers of an HttpError of the function’s own', async () => {
    const response = await request(`${served.url}/own`, { headers: { 'X-Request-Id': 'r' } });
    assert.deepEqual([response.statusCode, response.headers['x-why']], [409, 'x']);
    assert.deepEqual(await response.body.json(), { code: 'TAKEN', message: 'taken', requestId: 'r' });
    assert.equal((await request(`${served.url}/returnedOwn`)).statusCode, 404);
  });

  it('without a body to HEAD', async () => {
    const response = await request(`${served.url}/object`, { method: 'HEAD' });
    assert.deepEqual([response.headers['content-length'], await response.body.text()], ['7', '']);
  });

  it('has a business error’s code in its access line and stays 200', () => {
    const line = served.lines.find(({ path, msg }) => msg === 'request' && path === '/business');
    assert.deepEqual([line?.['code'], line?.['status']], ['SOLD_OUT', 200]);
  });

  it('drops a header without a value', async () => {
    const { headers } = await request(`${served.url}/integration`);
    assert.deepEqual([headers['x-a'], 'x-none' in headers], ['b', false]);
  });
});
