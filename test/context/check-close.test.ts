import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { checkClose } from '#src/context/check-close.js';

describe('checkClose', () => {
  it('lets every code pass that an endpoint may send', () => {
    for (const code of [1000, 1001, 1003, 1007, 1011, 1013, 1014, 3000, 4999]) checkClose(code, '');
  });

  it('refuses all others', () => {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN]) {
      assert.throws(() => checkClose(code, ''), RangeError);
    }
  });

  it('counts the bytes of the reason, not its characters', () => {
    checkClose(1000, 'x'.repeat(123));
    assert.throws(() => checkClose(1000, '云'.repeat(42)), /at most 123 bytes/);
  });
});
