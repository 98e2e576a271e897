import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isCompactToken } from '#src/security/compact-token.js';

describe('isCompactToken()', () => {
  const segment = fc
    .uint8Array({ minLength: 1, maxLength: 60 })
    .map((bytes) => Buffer.from(bytes).toString('base64url'));

  it('takes three segments of base64url, and no other spelling of the same bytes', () => {
    fc.assert(
      fc.property(
        segment,
        segment,
        segment,
        fc.nat(),
        fc.constantFrom(' ', '=', '\n', '+', '/', '.', '\0', 'é'),
        (a, b, c, at, odd) => {
          const token = `${a}.${b}.${c}`;
          assert.equal(isCompactToken(token), true);
          const index = at % (token.length + 1);
          assert.equal(isCompactToken(token.slice(0, index) + odd + token.slice(index)), false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('refuses stray last bits, too few or too many segments, and what is too long', () => {
    for (const token of ['', 'YQ.YQ', 'YQ.YQ.YQ.YQ', 'YQ.YQ.YQ.YQ.YQ', 'YQ..YQ', 'YR.YQ.YQ', 'YQ.YQ.YR', 'Y.YQ.YQ']) {
      assert.equal(isCompactToken(token), false, token);
    }
    const long = 'YWFh'.repeat(2047);
    assert.equal(isCompactToken(`YWFh.${long}.YQ`), false);
    assert.equal(isCompactToken(`YQ.${'YWFh'.repeat(2000)}.YQ`), true);
  });
});
