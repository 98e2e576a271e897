import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { bytes } from '#src/body/bytes.js';
import { type ParsedBody, readBody } from '#src/body/read-body.js';
import { UploadedFiles } from '#src/body/uploaded-file.js';
import { BodyServer, codeOf, cutAt, head, LIMITS, listenersOn, post, postChunked } from './body-server.js';

const TYPE = 'application/octet-stream';

describe('a body of bytes', () => {
  let server: BodyServer<ParsedBody>;
  before(async () => {
    server = await new BodyServer((request) => readBody(request, LIMITS, new UploadedFiles())).listen();
  });
  after(() => server.close());

  it('is what every content type is that nothing else takes, and what has none', () => {
    for (const essence of ['image/png', 'application/xml', 'a/b']) {
      assert.ok(bytes.accepts({ essence, charset: undefined, boundary: undefined }));
    }
    assert.ok(bytes.accepts(undefined));
  });

  it('is as it was sent, however it is cut into chunks', async () => {
    const pieces = fc.array(fc.nat(300), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), pieces, async (sent, places) => {
        const body = Buffer.from(sent);
        const { value } = await server.exchange(postChunked(TYPE, cutAt(body, places)));
        assert.deepEqual(value, { kind: 'bytes', value: body });
      }),
      { numRuns: 100 },
    );
  });

  it('is inflated, and none where nothing comes out of it', async () => {
    const gzipped = { 'Content-Encoding': 'gzip' };
    const { value } = await server.exchange(post(TYPE, gzipSync('abc'), gzipped));
    assert.deepEqual(value, { kind: 'bytes', value: Buffer.from('abc') });
    assert.deepEqual((await server.exchange(post(TYPE, gzipSync(''), gzipped))).value, { kind: 'none' });
  });

  it('ignores a charset, which bytes do not have', async () => {
    const { value } = await server.exchange(post(`${TYPE}; charset=klingon`, Buffer.from([0xff])));
    assert.deepEqual(value, { kind: 'bytes', value: Buffer.from([0xff]) });
  });

  it('of exactly the limit is taken, one byte more is refused, announced or not', async () => {
    const most = Buffer.alloc(LIMITS.maxBodyBytes, 1);
    assert.equal((await server.exchange(post(TYPE, most))).value?.kind, 'bytes');
    const more = Buffer.alloc(LIMITS.maxBodyBytes + 1, 1);
    for (const raw of [head(TYPE, { 'Content-Length': String(more.length) }), postChunked(TYPE, [more])]) {
      const outcome = await server.exchange(raw);
      assert.equal(codeOf(outcome), 'BODY_TOO_LARGE');
      assert.equal(listenersOn(outcome.request), 0);
    }
  });
});
