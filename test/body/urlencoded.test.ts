import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type ParsedBody, readBody } from '#src/body/read-body.js';
import { UploadedFiles } from '#src/body/uploaded-file.js';
import { BodyServer, codeOf, cutAt, LIMITS, post, postChunked } from './body-server.js';

const TYPE = 'application/x-www-form-urlencoded';

describe('an urlencoded body', () => {
  let server: BodyServer<ParsedBody>;
  before(async () => {
    server = await new BodyServer((request) => readBody(request, LIMITS, new UploadedFiles())).listen();
  });
  after(() => server.close());

  async function fieldsOf(body: string): Promise<Record<string, unknown>> {
    const { value, error } = await server.exchange(post(TYPE, body));
    assert.equal(error, undefined);
    assert.equal(value?.kind, 'form');
    return Object.fromEntries(Object.entries(value.value));
  }

  it('becomes flat fields, repeated ones as arrays', async () => {
    assert.deepEqual(await fieldsOf('a=1&b=x+y&a=2&c=&d&e[f][]=%E4%BA%91'), {
      a: ['1', '2'],
      b: 'x y',
      c: '',
      d: '',
      'e[f][]': '云',
    });
  });

  it('keeps a percent sign that starts no escape', async () => {
    assert.deepEqual(await fieldsOf('a=%zz&b=100%&c=%ff'), { a: '%zz', b: '100%', c: '%ff' });
  });

  it('may name fields as the properties of Object.prototype', async () => {
    const { value } = await server.exchange(post(TYPE, '__proto__=1&constructor=2&toString=3&a[__proto__][x]=4'));
    assert.equal(value?.kind, 'form');
    assert.deepEqual(Object.keys(value.value), ['__proto__', 'constructor', 'toString', 'a[__proto__][x]']);
    assert.equal(Reflect.get({}, 'x'), undefined);
    assert.equal(value.value.hasOwnProperty, undefined);
  });

  it('has the same fields however it is cut into chunks', async () => {
    const pairs = fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string()), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(pairs, fc.array(fc.nat(200), { maxLength: 5 }), async (fields, places) => {
        const body = new URLSearchParams(fields).toString();
        const { value } = await server.exchange(postChunked(TYPE, cutAt(Buffer.from(body), places)));
        assert.equal(value?.kind, 'form');
        const expected = new Map<string, string[]>();
        for (const [name, text] of new URLSearchParams(body)) expected.set(name, [...(expected.get(name) ?? []), text]);
        const found = Object.entries(value.value).map(([name, text]) => [name, [text].flat()] as const);
        assert.deepEqual(new Map(found), expected);
      }),
      { numRuns: 150 },
    );
  });

  it('has at most 200 fields, and ampersands alone are none', async () => {
    const fields = Array.from({ length: 200 }, (_, i) => `f${i}=1`).join('&&');
    assert.equal(Object.keys(await fieldsOf(`&${fields}&&`)).length, 200);
    assert.equal(codeOf(await server.exchange(post(TYPE, `${fields}&x=1`))), 'TOO_MANY_PARTS');
    assert.equal(codeOf(await server.exchange(post(TYPE, 'a=1&'.repeat(9000)))), 'TOO_MANY_PARTS');
  });

  it('has field names of at most 200 bytes once decoded', async () => {
    const name = '云'.repeat(66);
    assert.deepEqual(await fieldsOf(`${encodeURIComponent(name)}=1`), { [name]: '1' });
    assert.equal(codeOf(await server.exchange(post(TYPE, `${'n'.repeat(201)}=1`))), 'BODY_TOO_LARGE');
  });

  it('is UTF-8 only', async () => {
    assert.equal(codeOf(await server.exchange(post(`${TYPE}; charset=gbk`, 'a=1'))), 'UNSUPPORTED_CHARSET');
    assert.equal(codeOf(await server.exchange(post(TYPE, Buffer.from([0x61, 0x3d, 0xff])))), 'MALFORMED_FORM');
  });

  it('that is empty is no body', async () => {
    for (const raw of [post(TYPE, ''), postChunked(TYPE, [])]) {
      assert.deepEqual((await server.exchange(raw)).value, { kind: 'none' });
    }
  });
});
