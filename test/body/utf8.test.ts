import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { decodeUtf8, invalidUtf8Offset } from '#src/body/utf8.js';

describe('decodeUtf8', () => {
  it('gives the text, without one byte order mark at its start', () => {
    assert.equal(decodeUtf8(Buffer.from('')), '');
    assert.equal(decodeUtf8(Buffer.from('a\0é云😀')), 'a\0é云😀');
    assert.equal(decodeUtf8(Buffer.from('\ufeffa\ufeff')), 'a\ufeff');
    assert.equal(decodeUtf8(Buffer.from('\ufeff\ufeff')), '\ufeff');
    assert.equal(decodeUtf8(Buffer.from('\ufffd')), '\ufffd');
  });

  it('gives nothing for bytes that are not UTF-8: surrogates, overlong forms, what is above U+10FFFF or cut off', () => {
    const wrong = [
      [0x80],
      [0xff],
      [0xc3],
      [0xc0, 0x80],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ];
    for (const bytes of wrong) assert.equal(decodeUtf8(Buffer.from(bytes)), undefined, bytes.join());
  });

  it('reads the bytes of a part of a larger buffer alone', () => {
    assert.equal(decodeUtf8(Buffer.from('éaé').subarray(2, 3)), 'a');
    assert.equal(decodeUtf8(Buffer.from('éaé').subarray(1, 3)), undefined);
  });
});

describe('invalidUtf8Offset', () => {
  it('is where the first character begins that cannot be read, genuine replacement characters not counted', () => {
    const cases: [Buffer, number][] = [
      [Buffer.from([0xff]), 0],
      [Buffer.concat([Buffer.from('\ufffd\ufffd'), Buffer.from([0xff])]), 6],
      [Buffer.concat([Buffer.from('a\ufffdé'), Buffer.from([0xe4, 0xba]), Buffer.from('a')]), 6],
      [Buffer.concat([Buffer.from([0xef, 0xbf]), Buffer.from('\ufffd')]), 0],
      [Buffer.concat([Buffer.from('\ufeff'), Buffer.from([0x80])]), 3],
    ];
    for (const [bytes, offset] of cases) assert.equal(invalidUtf8Offset(bytes), offset, bytes.toString('hex'));
  });

  it('is the length of the longest beginning that can be read, whatever the bytes', () => {
    const anything = fc.uint8Array({ maxLength: 6 });
    const pieces = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }).map((text) => Buffer.from(text)),
      fc.constant(Buffer.from('\ufffd')),
      fc.constantFrom(Buffer.from([0xef]), Buffer.from([0xef, 0xbf]), Buffer.from([0xf0, 0x9f])),
      anything.map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const bytes = Buffer.concat(parts);
        if (isUtf8(bytes)) return;
        let longest = bytes.length;
        while (!isUtf8(bytes.subarray(0, longest))) longest -= 1;
        assert.equal(invalidUtf8Offset(bytes), longest);
      }),
      { numRuns: 3000 },
    );
  });
});
