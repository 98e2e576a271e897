import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartupError } from '#src/errors/startup-error.js';
import { checkWhole, optionMistake } from '#src/security/option-mistake.js';

describe('the options of a middleware', () => {
  it('are refused with the place, the problem and the remedy', () => {
    const mistake = optionMistake('apiKey()', 'it has no keys', 'give some');
    assert.ok(mistake instanceof StartupError);
    assert.equal(mistake.message, 'apiKey(): it has no keys → give some');
  });

  it('that are counts are whole numbers within their range', () => {
    assert.equal(checkWhole('x', 5, 1, 5), 5);
    for (const value of [0, 6, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => checkWhole('x', value, 1, 5), /a whole number from 1 to 5/);
    }
    assert.throws(() => checkWhole('x', -1, 0), /a whole number of at least 0/);
  });
});
