import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parseExtendedContext } from '#src/context/extended-context.js';

const encode = (text: string, as: 'base64' | 'base64url' = 'base64') => Buffer.from(text).toString(as);

describe('the extended context', () => {
  it('is an object as JSON, in base64 of either alphabet', () => {
    const text = JSON.stringify({ userId: 'ü??>>', nested: { a: [1] } });
    assert.deepEqual(parseExtendedContext(encode(text)), JSON.parse(text));
    assert.deepEqual(parseExtendedContext(encode(text, 'base64url')), JSON.parse(text));
  });

  it('may be gzipped, but not into more than 64 KiB', () => {
    const zipped = (value: object) => gzipSync(JSON.stringify(value)).toString('base64');
    assert.deepEqual(parseExtendedContext(zipped({ userId: '1' })), { userId: '1' });
    assert.notEqual(parseExtendedContext(zipped({ a: 'x'.repeat(65_000) })), undefined);
    assert.equal(parseExtendedContext(zipped({ a: 'x'.repeat(66_000) })), undefined);
    assert.equal(parseExtendedContext(gzipSync('{}').subarray(0, 12).toString('base64')), undefined);
  });

  it('is undefined where the header says nothing that can be read', () => {
    for (const header of [
      undefined,
      '',
      'not json',
      encode('[1]'),
      encode('null'),
      encode('1'),
      encode('{'),
      ['e30='],
    ]) {
      assert.equal(parseExtendedContext(header), undefined);
    }
    assert.equal(parseExtendedContext(encode(JSON.stringify({ a: 'x'.repeat(20_000) }))), undefined);
  });

  it('never throws, whatever the header', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((text) => encode(text)),
        ),
        (header) => {
          const parsed = parseExtendedContext(header);
          assert.ok(parsed === undefined || (typeof parsed === 'object' && !Array.isArray(parsed)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
