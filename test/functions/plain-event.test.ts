import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FormData, request } from 'undici';

import { serveProject, type ServedProject } from './serve-project.js';

const SHOW = `
const show = (value) => Buffer.isBuffer(value) ? { bytes: value.toString() } : value;
exports.main = (event) => ({ event: show(event), plain: Object.getPrototypeOf(event) === Object.prototype });
`;

describe('the event of a plain function', () => {
  let served: ServedProject;
  before(async () => {
    served = await serveProject({ 'index.js': SHOW }, { maxFormFields: 5, maxBodyBytes: 2000 });
  });
  after(() => served.close());

  async function send(method: string, type: string | undefined, body?: string | Buffer, headers: object = {}) {
    const response = await request(served.url, {
      method: method as 'POST',
      headers: { ...(type === undefined ? {} : { 'Content-Type': type }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.statusCode, ...((await response.body.json()) as { event?: unknown; code?: string }) };
  }

  for (const method of ['GET', 'DELETE', 'OPTIONS']) {
    it(`is {} for ${method}, whose body is left alone`, async () => {
      assert.deepEqual((await send(method, 'application/json', method === 'DELETE' ? '{"a":1}' : undefined)).event, {});
    });
  }

  for (const [what, type, body, event] of [
    ['JSON', 'application/json', '{"a":[1]}', { a: [1] }],
    ['JSON of any +json', 'application/vnd.x+json; charset=utf-8', '[1]', [1]],
    ['JSON of no bytes', 'application/json', '', {}],
    [
      'a form, nested by brackets and dots',
      'application/x-www-form-urlencoded',
      'a[b]=1&c.d=2&e=3&e=4',
      { a: { b: '1' }, c: { d: '2' }, e: ['3', '4'] },
    ],
    ['a form of no bytes', 'application/x-www-form-urlencoded', '', {}],
    ['text', 'text/plain', 'hello', 'hello'],
    ['text of no bytes', 'text/plain', '', ''],
    ['bytes of any other type', 'application/octet-stream', 'abc', { bytes: 'abc' }],
    ['bytes without a type', undefined, 'abc', { bytes: 'abc' }],
    ['no body at all', undefined, undefined, { bytes: '' }],
  ] as const) {
    for (const method of ['POST', 'PUT', 'PATCH']) {
      it(`is what ${what} says, by ${method}`, async () => {
        assert.deepEqual((await send(method, type, body)).event, event);
      });
    }
  }

  it('is inflated', async () => {
    const { event } = await send('POST', 'application/json', gzipSync('{"a":1}'), { 'Content-Encoding': 'gzip' });
    assert.deepEqual(event, { a: 1 });
  });

  it('has the files and fields of a multipart form, a repeated name as an array, in a plain object', async () => {
    const form = new FormData();
    form.append('field', 'x');
    form.append('many', '1');
    form.append('many', '2');
    form.append('file', new Blob(['content'], { type: 'text/css' }), 'a.css');
    const response = await request(served.url, { method: 'POST', body: form });
    const { event, plain } = (await response.body.json()) as { event: Record<string, unknown>; plain: boolean };
    const { file, ...fields } = event;
    assert.deepEqual(fields, { field: 'x', many: ['1', '2'] });
    const { size, originalFilename, mimetype } = file as Record<string, unknown>;
    assert.deepEqual([size, originalFilename, mimetype, plain], [7, 'a.css', 'text/css', true]);
    assert.deepEqual(Object.keys(event)[0], 'file');
  });

  it('nests the fields of a multipart form that have brackets', async () => {
    const form = new FormData();
    for (const [name, value] of [
      ['a[b]', '1'],
      ['list[]', 'x'],
      ['list[]', 'y'],
    ] as const)
      form.append(name, value);
    const response = await request(served.url, { method: 'POST', body: form });
    assert.deepEqual(((await response.body.json()) as { event: unknown }).event, { a: { b: '1' }, list: ['x', 'y'] });
  });

  for (const [what, type, body] of [
    ['broken JSON', 'application/json', '{'],
    ['a number alone', 'application/json', '5'],
    ['null', 'application/json', 'null'],
    ['JSON with __proto__', 'application/json', '{"__proto__":{}}'],
    ['a multipart form without a boundary', 'multipart/form-data', 'x'],
    ['JSON that is not UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
  ] as const) {
    it(`is refused with 400 BAD_REQUEST for ${what}`, async () => {
      const { status, code } = await send('POST', type, body);
      assert.deepEqual([status, code], [400, 'BAD_REQUEST']);
    });
  }

  it('is refused with 413 where it is too large, or a form has too many fields', async () => {
    const large = await send('POST', 'application/octet-stream', 'x'.repeat(3000));
    assert.deepEqual([large.status, large.code], [413, 'BODY_TOO_LARGE']);
    const many = await send('POST', 'application/x-www-form-urlencoded', 'a=1&a=2&a=3&a=4&a=5&a=6');
    assert.deepEqual([many.status, many.code], [413, 'TOO_MANY_PARTS']);
  });

  it('cannot change a prototype through a form', async () => {
    const { event } = await send(
      'POST',
      'application/x-www-form-urlencoded',
      '__proto__[x]=1&constructor[prototype][y]=2',
    );
    assert.equal(({} as { x?: unknown }).x, undefined);
    assert.equal(JSON.stringify(event).includes('"x"'), false);
  });
});
