import assert from 'node:assert/strict';
import { pipeline } from 'node:stream/promises';
import { Readable, type Transform, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { createInflaters } from '#src/body/content-encoding.js';
import { HttpError } from '#src/errors/http-error.js';

const BODY = Buffer.from('云函数 '.repeat(100));
const ENCODERS = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync };

/** What comes out behind the last inflater. */
async function inflate(body: Buffer, inflaters: readonly Transform[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const target = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await pipeline([Readable.from([body]), ...inflaters, target]);
  return Buffer.concat(chunks);
}

function refusalOf(header: string): HttpError {
  try {
    createInflaters(header);
  } catch (error) {
    assert.ok(error instanceof HttpError, String(error));
    return error;
  }
  return assert.fail(`${header} was taken`);
}

describe('createInflaters', () => {
  it('makes none where nothing was done to the body', () => {
    for (const header of [undefined, '', ' ', ',', 'identity', 'Identity, IDENTITY', ' , identity ,']) {
      assert.deepEqual(createInflaters(header), [], String(header));
    }
  });

  it('undoes up to three codings in the order opposite to that in which they are named', async () => {
    const codings = fc.array(fc.constantFrom('gzip', 'x-gzip', 'deflate', 'br'), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(codings, fc.boolean(), async (names, upper) => {
        let body = BODY;
        for (const name of names) body = ENCODERS[name](body);
        const header = names.join(' ,\t');
        const inflaters = createInflaters(upper ? header.toUpperCase() : header);
        assert.equal(inflaters.length, names.length);
        assert.deepEqual(await inflate(body, inflaters), BODY);
      }),
      { numRuns: 60 },
    );
  });

  it('counts only codings that have to be undone', () => {
    const inflaters = createInflaters('identity, gzip, identity, gzip, , gzip');
    assert.equal(inflaters.length, 3);
    for (const inflater of inflaters) inflater.destroy();
  });

  it('refuses more than three codings with 415', () => {
    const { status, code, message } = refusalOf('gzip, gzip, br, deflate');
    assert.deepEqual([status, code, message], [415, 'UNSUPPORTED_ENCODING', 'at most 3 codings']);
  });

  it('refuses what it does not know, wherever it stands, names what it does, and repeats nothing', () => {
    for (const header of ['zstd', 'compress', 'gzip;q=1', '*', 'gzip, secret', 'secret, br', '__proto__']) {
      const { code, message, headers } = refusalOf(header);
      assert.deepEqual([code, message], ['UNSUPPORTED_ENCODING', 'gzip, deflate and br are supported']);
      assert.equal(headers?.['Accept-Encoding'], 'gzip, deflate, br');
    }
  });

  it('takes the zlib format alone for deflate, as the RFC says', async () => {
    await assert.rejects(inflate(deflateRawSync(BODY), createInflaters('deflate')), { code: 'Z_DATA_ERROR' });
  });

  it('reads a gzip body of several members to its end', async () => {
    const body = Buffer.concat([gzipSync('one '), gzipSync('two')]);
    assert.equal(String(await inflate(body, createInflaters('gzip'))), 'one two');
  });
});
