import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { slopeOf } from './slope.js';

describe('slopeOf', () => {
  it('is that of a straight line, without an error', () => {
    const slope = slopeOf([1, 2, 3, 4].map((second) => [second, 10 + 2.5 * second] as const));
    assert.ok(slope !== undefined);
    assert.ok(Math.abs(slope.perSecond - 2.5) < 1e-9);
    assert.ok(slope.error < 1e-9);
  });

  it('is lost in its error where there is only noise', () => {
    const slope = slopeOf([5, 3, 5, 3, 5, 3, 5, 3, 5].map((value, second) => [second, value] as const));
    assert.ok(slope !== undefined);
    assert.ok(Math.abs(slope.perSecond) < slope.error);
  });

  it('is not told of two samples', () => {
    assert.equal(
      slopeOf([
        [1, 1],
        [2, 2],
      ]),
      undefined,
    );
  });
});
