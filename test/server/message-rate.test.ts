import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { MessageRate, messageRate } from '#src/server/message-rate.js';

describe('MessageRate', () => {
  it('lets so many messages through in a second, and as many again in the next', () => {
    const rate = new MessageRate(2, 0);
    const verdicts = [100, 200, 300, 1099, 1100, 1101, 1102].map((now) => rate.take(1, now));
    assert.deepEqual(verdicts, [true, true, false, false, true, true, false]);
  });

  it('lets so many bytes through', () => {
    const rate = new MessageRate(0, 10);
    assert.deepEqual([rate.take(10, 5000), rate.take(1, 5001), rate.take(10, 6000)], [true, false, true]);
    assert.equal(rate.take(11, 7000), false, 'one message alone may be too much');
  });

  it('is not made where nothing is limited', () => {
    assert.equal(messageRate({ maxMessagesPerSecond: 0, maxBytesPerSecond: 0 }), undefined);
    assert.ok(messageRate({ maxMessagesPerSecond: 1, maxBytesPerSecond: 0 }) instanceof MessageRate);
    assert.ok(messageRate({ maxMessagesPerSecond: 0, maxBytesPerSecond: 1 }) instanceof MessageRate);
  });
});
