import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkMaxQueued } from '#src/channels/check-max-queued.js';

it('a subscription lets a whole number of messages wait, at least one', () => {
  checkMaxQueued(1);
  for (const wrong of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => checkMaxQueued(wrong), /maxQueued is a whole number of messages, at least 1/);
  }
});
