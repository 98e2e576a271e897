import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Account } from './account.js';

/** Everything up to a number. */
function upTo(last: number) {
  return { last, passedOver: [] };
}

function accountOf(...numbers: (number | 'gap')[]): Account {
  const account = new Account('connect');
  for (const number of numbers) {
    if (number === 'gap') account.announceGap();
    else account.take(number, number * 10);
  }
  return account;
}

describe('the account of a client of the soak', () => {
  it('finds nothing wrong with every number once and in order', () => {
    const { delivered, doubled, outOfOrder, skipped, missing } = accountOf(1, 2, 3);
    assert.deepEqual([delivered, doubled, outOfOrder, skipped, missing.size], [3, 0, 0, 0, 0]);
    assert.equal(accountOf(1, 2, 3).lost(upTo(3)), 0);
  });

  it('counts what was skipped without a word as lost, the end too', () => {
    assert.equal(accountOf(2, 3, 6).lost(upTo(8)), 5);
    assert.equal(accountOf().lost(upTo(4)), 4);
  });

  it('counts a number that comes again', () => {
    assert.equal(accountOf(1, 2, 2, 1, 3).doubled, 2);
  });

  it('counts a number that comes late as out of order, not as lost', () => {
    const account = accountOf(1, 3, 2, 4);
    assert.deepEqual([account.outOfOrder, account.doubled, account.lost(upTo(4))], [1, 0, 0]);
  });

  it('keeps what was announced as a gap apart', () => {
    const account = accountOf(1, 'gap', 5, 7);
    assert.deepEqual([account.gaps, account.skipped, account.lost(upTo(7))], [1, 3, 1]);
  });

  it('does not count as lost what was passed over, and tells what came and was not there', () => {
    const feed = { last: 6, passedOver: [2, 5] };
    assert.deepEqual([accountOf(1, 3, 4, 6).lost(feed), accountOf(1, 3, 4, 6).invented(feed)], [0, 0]);
    assert.deepEqual([accountOf(1, 3).lost(feed), accountOf(1, 3).invented(feed)], [2, 0]);
    assert.deepEqual([accountOf(1, 2, 3, 4, 6).lost(feed), accountOf(1, 2, 3, 4, 6).invented(feed)], [0, 1]);
    assert.deepEqual([accountOf(1, 3, 4, 6, 7).lost(feed), accountOf(1, 3, 4, 6, 7).invented(feed)], [0, 1]);
  });

  it('knows the longest silence between two messages', () => {
    assert.equal(accountOf(1, 2, 9, 10).longestSilenceMs, 70);
  });
});
