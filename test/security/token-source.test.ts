import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartupError } from '#src/errors/startup-error.js';
import { tokenReader, type TokenSource } from '#src/security/token-source.js';
import type { FakeContextInit } from '#src/testing/fake-request.js';
import { fakeHttpContext } from '#src/testing/fake-http-context.js';

const read = (from: TokenSource | readonly TokenSource[], init: FakeContextInit) =>
  tokenReader(from)(fakeHttpContext(init));

describe('a token', () => {
  it('comes from the header, behind the word Bearer in any case', () => {
    assert.equal(read('header', { headers: { authorization: 'Bearer a.b.c' } }), 'a.b.c');
    assert.equal(read('header', { headers: { authorization: 'bearer  a.b.c ' } }), 'a.b.c');
    for (const authorization of ['a.b.c', 'Basic a.b.c', 'Bearer', 'Bearer a b', 'XBearer a']) {
      assert.equal(read('header', { headers: { authorization } }), undefined, authorization);
    }
  });

  it('comes from a cookie, a query parameter or a subprotocol', () => {
    assert.equal(read({ cookie: 'session' }, { cookies: { session: 'a.b.c' } }), 'a.b.c');
    assert.equal(read({ query: 'token' }, { url: '/?token=a.b.c' }), 'a.b.c');
    assert.equal(read({ query: 'token' }, { url: '/?token=a&token=b' }), undefined);
    const headers = { 'sec-websocket-protocol': 'chat, bearer.a.b.c' };
    assert.equal(read({ subprotocol: 'bearer.' }, { headers }), 'a.b.c');
    assert.equal(read({ subprotocol: 'bearer.' }, {}), undefined);
  });

  it('comes from the first place that has one', () => {
    const from = ['header', { cookie: 'session' }] as const;
    assert.equal(read(from, { cookies: { session: 'c' } }), 'c');
    assert.equal(read(from, { headers: { authorization: 'Bearer h' }, cookies: { session: 'c' } }), 'h');
  });

  it('comes from somewhere', () => {
    assert.throws(() => tokenReader([]), StartupError);
    assert.throws(() => tokenReader('body' as 'header'), StartupError);
    assert.throws(() => tokenReader({} as { query: string }), StartupError);
  });
});
