import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deleteHeader, hasHeader, type Headers, mergeHeader, setHeader } from '#src/server/headers.js';

describe('headers', () => {
  it('are one and the same in every spelling', () => {
    const headers: Headers = { 'content-type': 'a' };
    setHeader(headers, 'Content-Type', 'b');
    assert.deepEqual(headers, { 'Content-Type': 'b' });
    assert.ok(hasHeader(headers, 'content-type'));
    deleteHeader(headers, 'content-type');
    assert.deepEqual(headers, {});
    assert.ok(!hasHeader(headers, 'content-type'));
  });

  it('replace each other when merged, but for cookies', () => {
    const headers: Headers = { 'X-A': '1', 'set-cookie': 'a=1' };
    mergeHeader(headers, 'x-a', 2);
    mergeHeader(headers, 'Set-Cookie', ['b=2', 'c=3']);
    mergeHeader(headers, 'SET-COOKIE', 'd=4');
    assert.deepEqual(headers, { 'x-a': 2, 'SET-COOKIE': ['a=1', 'b=2', 'c=3', 'd=4'] });
  });
});
