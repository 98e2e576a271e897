import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { readBytes } from '#src/body/read-body.js';
import { HttpError } from '#src/errors/http-error.js';
import { BodyServer, codeOf, cutAt, head, LIMITS, listenersOn, post, postChunked } from './body-server.js';

const TEXT = Buffer.from('云函数 '.repeat(500));

describe('a compressed body', () => {
  let server: BodyServer<Buffer>;
  before(async () => {
    server = await new BodyServer((request) => readBytes(request, LIMITS)).listen();
  });
  after(() => server.close());

  const compressed: [string, Buffer][] = [
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['identity', TEXT],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['deflate,identity , gzip', gzipSync(deflateSync(TEXT))],
  ];
  for (const [encoding, body] of compressed) {
    it(`is inflated from ${encoding}, at once and in pieces`, async () => {
      const headers = { 'Content-Encoding': encoding };
      const whole = await server.exchange(post(undefined, body, headers));
      assert.deepEqual(whole.value, TEXT);
      assert.equal(listenersOn(whole.request), 0);
      const pieces = await server.exchange(postChunked(undefined, cutAt(body, [1, 2, 10, 30]), headers));
      assert.deepEqual(pieces.value, TEXT);
    });
  }

  for (const encoding of ['foo', 'gzip, foo', 'zstd', 'gzip,gzip,gzip,gzip']) {
    it(`in the encoding ${encoding} is refused, naming those supported`, async () => {
      const outcome = await server.exchange(post(undefined, 'x', { 'Content-Encoding': encoding }));
      assert.equal(codeOf(outcome), 'UNSUPPORTED_ENCODING');
      assert.ok(outcome.error instanceof HttpError);
      assert.equal(outcome.error.headers?.['Accept-Encoding'], 'gzip, deflate, br');
    });
  }

  it('that is corrupt or cut off is malformed', async () => {
    const flipped = gzipSync(TEXT);
    flipped.fill(0xff, 12, 20);
    const bodies: [string, Buffer][] = [
      ['gzip', Buffer.from('not gzip')],
      ['gzip', flipped],
      ['gzip', gzipSync(TEXT).subarray(0, -5)],
      ['deflate', deflateSync(TEXT).subarray(0, -5)],
      ['br', brotliCompressSync(TEXT).subarray(0, -5)],
      ['br, gzip', gzipSync(Buffer.from('not brotli'))],
    ];
    for (const [encoding, body] of bodies) {
      const outcome = await server.exchange(post(undefined, body, { 'Content-Encoding': encoding }));
      assert.equal(codeOf(outcome), 'MALFORMED_ENCODING', encoding);
      assert.equal(listenersOn(outcome.request), 0);
    }
  });

  it('is cut at the limit while it is being inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(100 << 20));
    for (const [encoding, body] of [
      ['gzip', bomb],
      ['gzip, gzip', gzipSync(bomb)],
    ] as const) {
      const outcome = await server.exchange(post(undefined, body, { 'Content-Encoding': encoding }));
      assert.equal(codeOf(outcome), 'BODY_TOO_LARGE');
      assert.equal(listenersOn(outcome.request), 0);
      assert.equal(outcome.answerable, true);
    }
  });

  it('that never inflates to anything is cut at the limit too', async () => {
    // A gzip header and empty stored blocks, without end.
    const blocks = Buffer.alloc(0x10000 - (0x10000 % 5));
    for (let at = 0; at < blocks.length; at += 5) blocks.set([0, 0, 0, 0xff, 0xff], at);
    const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    const chunks = [gzipHeader, ...Array.from({ length: 20 }, () => blocks)];
    const outcome = await server.exchange(postChunked(undefined, chunks, { 'Content-Encoding': 'gzip' }));
    assert.equal(codeOf(outcome), 'BODY_TOO_LARGE');
  });

  it('is incomplete when the client leaves', async () => {
    const headers = { 'Content-Length': '1000', 'Content-Encoding': 'gzip' };
    server.open(head(undefined, headers), gzipSync(TEXT).subarray(0, 20)).end();
    const outcome = await server.outcome();
    assert.equal(codeOf(outcome), 'INCOMPLETE_BODY');
    assert.equal(listenersOn(outcome.request), 0);
  });
});
