import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkIncrement, checkTtl, jsonOf } from '#src/channels/store-values.js';

describe('the values of a store', () => {
  it('are what has JSON', () => {
    assert.equal(jsonOf({ a: undefined, b: [undefined] }), '{"b":[null]}');
    assert.throws(() => jsonOf(undefined), /keeps JSON, which a value of type undefined has not/);
    assert.throws(() => jsonOf(1n), TypeError);
  });

  it('live for whole milliseconds, and are counted in whole numbers', () => {
    checkTtl(undefined);
    checkTtl(1);
    assert.throws(() => checkTtl(Number.POSITIVE_INFINITY), RangeError);
    checkIncrement(-3);
    assert.throws(() => checkIncrement(2 ** 53), RangeError);
  });
});
