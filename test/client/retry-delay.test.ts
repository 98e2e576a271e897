import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { retryDelay } from '#src/client/retry-delay.js';

describe('retryDelay', () => {
  it('is from one to five seconds at first, and never above ten', () => {
    const first = Array.from({ length: 500 }, () => retryDelay(0));
    assert.ok(first.every((wait) => wait >= 1000 && wait <= 5000));
    assert.ok(new Set(first.map((wait) => Math.floor(wait / 500))).size > 4, 'spread');
    const late = Array.from({ length: 500 }, () => retryDelay(1000));
    assert.ok(late.every((wait) => wait >= 2000 && wait <= 10_000));
  });

  it('is a number however often it has failed, also where no wait is wanted', () => {
    for (const failures of [2000, 3000, 1e9]) assert.equal(retryDelay(failures, { minMs: 0 }), 0);
    const late = retryDelay(1e9);
    assert.ok(late >= 2000 && late <= 10_000);
  });

  it('keeps within its bounds, whatever they are', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(100_000), fc.nat(10_000), (minMs, maxMs, failures) => {
        const wait = retryDelay(failures, { minMs, maxMs });
        assert.ok(wait >= 0 && wait <= maxMs);
        assert.ok(wait >= Math.min(minMs, maxMs / 5) - 1e-6);
      }),
    );
  });
});
