import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf, sameDigest } from '#src/security/secret-digest.js';

describe('the digests of secrets', () => {
  it('are the same for the same secret only, whatever its length', () => {
    assert.equal(sameDigest(digestOf('a'), digestOf('a')), true);
    for (const other of ['', 'b', 'aa', 'a ', 'a'.repeat(5000)]) {
      assert.equal(sameDigest(digestOf('a'), digestOf(other)), false);
    }
  });

  it('of different lengths are never the same, and nothing is thrown', () => {
    assert.equal(sameDigest(Buffer.alloc(3), Buffer.alloc(4)), false);
  });
});
