import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareIds, isId, nextId, ZERO_ID } from '#src/channels/message-id.js';

const ids = fc.tuple(fc.nat(999_999_999_999), fc.nat(1000)).map(([time, sequence]) => `${time}-${sequence}`);

describe('ids of messages', () => {
  it('are two numbers and nothing else', () => {
    for (const id of ['0-0', '1-0', '1700000000000-12']) assert.equal(isId(id), true, id);
    for (const id of [
      '',
      '1',
      '-',
      '1-',
      '-1',
      '1-1-1',
      ' 1-1',
      '1-1 ',
      '1-1\n',
      '１-1',
      '+',
      '$',
      '1e3-0',
      `${'9'.repeat(16)}-0`,
    ])
      assert.equal(isId(id), false, id);
  });

  it('are ordered by number, not by letter', () => {
    assert.ok(compareIds('9-0', '10-0') < 0);
    assert.ok(compareIds('1-10', '1-9') > 0);
    fc.assert(
      fc.property(ids, ids, ids, (a, b, c) => {
        assert.equal(Math.sign(compareIds(a, b)), -Math.sign(compareIds(b, a)) + 0);
        if (compareIds(a, b) <= 0 && compareIds(b, c) <= 0) assert.ok(compareIds(a, c) <= 0);
        assert.ok(compareIds(ZERO_ID, a) <= 0);
      }),
    );
  });

  it('are ordered as their numbers are, the time before the sequence, however many digits they are written with', () => {
    const numbers = fc.tuple(fc.nat(2000), fc.nat(12), fc.nat(2));
    const text = ([time, sequence, zeros]: [number, number, number]) => `${'0'.repeat(zeros)}${time}-${sequence}`;
    fc.assert(
      fc.property(numbers, numbers, (left, right) => {
        const expected = Math.sign(left[0] - right[0] || left[1] - right[1]);
        assert.equal(Math.sign(compareIds(text(left), text(right))), expected);
      }),
    );
  });

  it('grow, whatever the clock does', () => {
    fc.assert(
      fc.property(ids, fc.nat(999_999_999_999), (last, now) => {
        const next = nextId(last, now);
        assert.ok(isId(next) && compareIds(next, last) > 0);
      }),
    );
  });
});
