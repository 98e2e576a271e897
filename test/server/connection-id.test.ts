import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectionId } from '#src/server/connection-id.js';

describe('connectionId', () => {
  it('is made once for each connection, and another for every other', () => {
    const [first, second] = [{}, {}];
    const id = connectionId(first);
    assert.match(id, /^[\da-f-]{36}$/);
    assert.equal(connectionId(first), id);
    assert.notEqual(connectionId(second), id);
  });
});
