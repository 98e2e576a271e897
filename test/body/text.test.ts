import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { ContentType } from '#src/body/content-type.js';
import { type ParsedBody, readBody } from '#src/body/read-body.js';
import { decodeText, text } from '#src/body/text.js';
import { UploadedFiles } from '#src/body/uploaded-file.js';
import { HttpError } from '#src/errors/http-error.js';
import { BodyServer, codeOf, cutAt, detailOf, LIMITS, listenersOn, post, postChunked } from './body-server.js';

const typeOf = (charset?: string): ContentType => ({ essence: 'text/plain', charset, boundary: undefined });
const decode = (bytes: readonly number[], charset?: string) => decodeText(Buffer.from(bytes), LIMITS, typeOf(charset));

function failureOf(bytes: readonly number[], charset?: string): HttpError {
  try {
    decode(bytes, charset);
  } catch (error) {
    assert.ok(error instanceof HttpError, String(error));
    return error;
  }
  return assert.fail('it was decoded');
}

describe('decodeText', () => {
  it('takes UTF-8 where no charset is named, and takes its byte order mark away', () => {
    const bytes = [0xef, 0xbb, 0xbf, 0xe4, 0xba, 0x91];
    for (const charset of [undefined, 'utf-8', 'utf8', 'unicode-1-1-utf-8']) assert.equal(decode(bytes, charset), '云');
    assert.equal(decodeText(Buffer.from(bytes), LIMITS, undefined), '云');
  });

  it('reads the charsets that browsers know, each by its own bytes', () => {
    assert.equal(decode([0xd4, 0xc6], 'gbk'), '云');
    assert.equal(decode([0xd4, 0xc6], 'gb2312'), '云');
    assert.equal(decode([0xb6, 0xb3], 'big5'), '雲');
    assert.equal(decode([0x82, 0xa0], 'shift_jis'), 'あ');
    assert.equal(decode([0xb1, 0xe2], 'iso-8859-2'), 'ąâ');
    assert.equal(decode([0xff, 0xfe, 0x91, 0x4e], 'utf-16'), '云');
    assert.equal(decode([0x4e, 0x91], 'utf-16be'), '云');
  });

  it('reads latin1 and ASCII as browsers do: as windows-1252, in which every byte has a meaning', () => {
    for (const charset of ['windows-1252', 'iso-8859-1', 'latin1', 'us-ascii', 'cp1252']) {
      assert.equal(decode([0x80, 0x20, 0x93, 0xe9, 0x94, 0x99, 0x9f], charset), '€ “é”™Ÿ', charset);
      assert.equal(decode([0x81, 0x8d, 0x8f, 0x90, 0x9d], charset), '\x81\x8d\x8f\x90\x9d', charset);
    }
    const all = decode(
      Array.from({ length: 256 }, (_, byte) => byte),
      'latin1',
    );
    assert.equal(new Set(all).size, 256);
    assert.equal(all.slice(0, 128), Buffer.from(all.slice(0, 128), 'latin1').toString('latin1'));
  });

  it('refuses charsets that nobody knows with 415, and never repeats their names', () => {
    for (const charset of ['', 'klingon', 'utf-7', 'replacement', '<script>', 'x'.repeat(10_000)]) {
      const { code, status, message } = failureOf([0x61], charset);
      assert.deepEqual([code, status], ['UNSUPPORTED_CHARSET', 415]);
      assert.equal(message, 'the charset of the Content-Type is not known');
    }
  });

  it('refuses bytes that are no text in their charset, and names the place where it knows it', () => {
    assert.equal(failureOf([0x61, 0xc3, 0xa9, 0xff]).message, 'byte 3 is not UTF-8');
    assert.equal(failureOf([0x61, 0xe4, 0xba]).message, 'byte 1 is not UTF-8');
    assert.equal(failureOf([0xff], 'gb18030').message, 'the body is not gb18030');
    assert.equal(failureOf([0x61], 'utf-16le').message, 'the body is not utf-16le');
    for (const [bytes, charset] of [[[0xff]], [[0xff], 'gb18030']] as const) {
      assert.deepEqual([failureOf(bytes, charset).code, failureOf(bytes, charset).status], ['MALFORMED_TEXT', 400]);
    }
  });

  it('gives back any text that was written as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        assert.equal(decodeText(Buffer.from(written), LIMITS, typeOf()), written.replace(/^\ufeff/, ''));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a text body', () => {
  let server: BodyServer<ParsedBody>;
  before(async () => {
    server = await new BodyServer((request) => readBody(request, LIMITS, new UploadedFiles())).listen();
  });
  after(() => server.close());

  it('is what every subtype of text is, and nothing else', () => {
    const accepts = (essence: string) => text.accepts({ essence, charset: undefined, boundary: undefined });
    for (const essence of ['text/plain', 'text/html', 'text/csv', 'text/x-anything']) assert.ok(accepts(essence));
    for (const essence of ['application/text', 'context/plain', 'text']) assert.ok(!accepts(essence));
    assert.equal(text.accepts(undefined), false);
  });

  it('is the same however it is cut into chunks, in the middle of a character too', async () => {
    const bytes = Buffer.from('云函数 “é”');
    for (let at = 0; at <= bytes.length; at += 1) {
      const { value } = await server.exchange(postChunked('text/plain', cutAt(bytes, [at])));
      assert.deepEqual(value, { kind: 'text', value: '云函数 “é”' });
    }
  });

  it('that is empty is no body, also in a charset that nobody knows', async () => {
    for (const type of ['text/plain', 'text/plain; charset=klingon']) {
      assert.deepEqual((await server.exchange(post(type, ''))).value, { kind: 'none' });
    }
  });

  it('of a byte order mark alone is the empty text', async () => {
    assert.deepEqual((await server.exchange(post('text/plain', '\ufeff'))).value, { kind: 'text', value: '' });
  });

  it('names its charset in any case and in quotes', async () => {
    const { value } = await server.exchange(post('text/plain; charset="ISO-8859-1"', Buffer.from([0x80])));
    assert.deepEqual(value, { kind: 'text', value: '€' });
  });

  it('over the limit, or not text, is refused, and leaves no listener on the request', async () => {
    const large = await server.exchange(postChunked('text/plain', [Buffer.alloc(LIMITS.maxBodyBytes + 1, 'a')]));
    assert.equal(codeOf(large), 'BODY_TOO_LARGE');
    const broken = await server.exchange(post('text/plain', Buffer.from([0xff])));
    assert.equal(detailOf(broken), 'byte 0 is not UTF-8');
    for (const { request, answerable } of [large, broken]) {
      assert.equal(listenersOn(request), 0);
      assert.equal(answerable, true);
    }
  });
});
