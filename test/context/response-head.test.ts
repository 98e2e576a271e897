import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ResponseHead } from '#src/context/response-head.js';

describe('context.response', () => {
  it('takes a status from 200 to 599', () => {
    const head = new ResponseHead();
    assert.equal(head.status, undefined);
    head.status = 201;
    assert.equal(head.status, 201);
    for (const status of [199, 600, 200.5, Number.NaN]) assert.throws(() => (head.status = status), RangeError);
    head.status = undefined;
    assert.equal(head.status, undefined);
  });

  it('knows a header in any case, and keeps the spelling that was given last', () => {
    const head = new ResponseHead().setHeader('x-a', 1).setHeader('X-A', '2');
    assert.equal(head.getHeader('x-A'), '2');
    assert.deepEqual(head.headers, [['X-A', '2']]);
    assert.deepEqual(head.removeHeader('x-a').headers, []);
  });

  it('adds values to a header', () => {
    const head = new ResponseHead().appendHeader('Vary', 'A').appendHeader('vary', 'B');
    assert.deepEqual(head.getHeader('Vary'), ['A', 'B']);
    const given = ['1'];
    head.setHeader('X-List', given).appendHeader('X-List', '2');
    assert.deepEqual(given, ['1']);
    assert.deepEqual(head.getHeader('X-List'), ['1', '2']);
  });

  it('adds a Set-Cookie for each cookie, and one that forgets', () => {
    const head = new ResponseHead().setCookie('a', '1').clearCookie('b', { path: '/x', domain: 'a.example' });
    assert.deepEqual(head.getHeader('set-cookie'), ['a=1; Path=/', 'b=; Max-Age=0; Domain=a.example; Path=/x']);
  });
});
