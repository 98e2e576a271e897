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

  it('grow, whatever the clock does', () => {
    fc.assert(
      fc.property(ids, fc.nat(999_999_999_999), (last, now) => {
        const next = nextId(last, now);
        assert.ok(isId(next) && compareIds(next, last) > 0);
      }),
    );
  });
});
