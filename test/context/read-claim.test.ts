import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { HttpContext } from '#src/context/http-context.js';
import { readClaim } from '#src/context/read-claim.js';
import { silent } from '../silent-log.js';

describe('readClaim', () => {
  it('gives a claim as its type', () => {
    assert.equal(readClaim('u-1', 'string'), 'u-1');
    assert.equal(readClaim('-1.5', 'number'), -1.5);
    assert.deepEqual([readClaim('true', 'boolean'), readClaim('false', 'boolean')], [true, false]);
    assert.deepEqual(readClaim('["a","b"]', 'json'), ['a', 'b']);
  });

  it('gives nothing for what is missing, repeated, too long or of another type', () => {
    for (const header of [undefined, '', ['a', 'b'], 'x'.repeat(8193)])
      assert.equal(readClaim(header, 'string'), undefined);
    for (const header of ['1e3', '0x10', ' 1', 'NaN', '']) assert.equal(readClaim(header, 'number'), undefined);
    assert.equal(readClaim('1', 'boolean'), undefined);
    assert.equal(readClaim('{', 'json'), undefined);
  });

  it('never throws', () => {
    const property = fc.property(
      fc.string(),
      fc.constantFrom('string', 'number', 'boolean', 'json'),
      (header, type) => {
        readClaim(header, type);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

describe('context.claim', () => {
  const request = { headers: { 'x-jwt-sub': 'u-1', 'x-jwt-level': '7' } };

  it('reads the headers that the option names, in any case', () => {
    const context = new HttpContext(request, {}, { ...silent, claimHeaders: new Set(['x-jwt-sub', 'x-jwt-level']) });
    const level: number | undefined = context.claim('X-JWT-Level', 'number');
    assert.deepEqual([context.claim('x-jwt-sub'), level, context.claim('x-jwt-sub', 'number')], ['u-1', 7, undefined]);
  });

  it('says what is missing for a header that it does not name', () => {
    const context = new HttpContext(request, {}, { ...silent, claimHeaders: new Set() });
    assert.throws(() => context.claim('x-jwt-sub'), /option claimHeaders/);
  });
});
