import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestIdOf } from '#src/context/request-id.js';

const NEW_ID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

describe('the id of a request', () => {
  it('comes from the first header that has one', () => {
    const headers = { 'x-second': 'two', 'x-first': 'one' };
    assert.equal(requestIdOf(headers, ['x-none', 'x-first', 'x-second']), 'one');
  });

  it('is new where no header is believed', () => {
    assert.match(requestIdOf({ 'x-request-id': 'a' }, []), NEW_ID);
    assert.notEqual(requestIdOf({}, ['x-request-id']), requestIdOf({}, ['x-request-id']));
  });

  it('is never what could break out of a log line or a header', () => {
    for (const id of ['', 'a b', 'a\nb', 'a"b', 'a, b', '<a>', 'ü', 'x'.repeat(129)]) {
      assert.match(requestIdOf({ 'x-request-id': id }, ['x-request-id']), NEW_ID, id);
    }
    for (const id of ['A-1_b.c:d@e/f+g=', 'x'.repeat(128)]) {
      assert.equal(requestIdOf({ 'x-request-id': id }, ['x-request-id']), id);
    }
  });

  it('goes on to the next header where one is not acceptable', () => {
    assert.equal(requestIdOf({ a: 'not this one', b: 'this' }, ['a', 'b']), 'this');
  });
});
