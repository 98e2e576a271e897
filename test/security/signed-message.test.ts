import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { acs3Signature, acs3SignedHeaders, fc2Signature, isAmbiguous } from '#src/security/signed-message.js';

const request = { method: 'GET', path: '/a', query: '', headers: {} };
const hmac = (message: string) => createHmac('sha256', 'secret').update(message).digest('base64');

describe('the signature of form acs3', () => {
  it('is that of the platform’s definition, worked out by hand', () => {
    const headers = { 'x-acs-date': '2024-01-04T01:33:13Z', 'x-acs-security-token': '' };
    const names = acs3SignedHeaders(headers);
    assert.deepEqual(names, ['x-acs-date', 'x-acs-security-token']);
    assert.equal(
      acs3Signature({ method: 'POST', path: '/hello', query: 'foo=bar', headers }, names, 'testsecret'),
      'b95d6adf0ed441821faf9ae2d512411f4652ce392c59a93a647fd1fd5891bf7c',
    );
  });

  it('covers x-acs-*, host and content-type, in order', () => {
    const headers = { host: 'h', 'x-acs-b': '2', accept: '*/*', 'content-type': 't', 'x-acs-a': '1', 'x-acsx': 'no' };
    assert.deepEqual(acs3SignedHeaders(headers), ['content-type', 'host', 'x-acs-a', 'x-acs-b']);
  });

  const signed = (query: string) => acs3Signature({ ...request, query }, [], 'secret');

  it('does not depend on the order or the spelling of the query', () => {
    assert.equal(signed('b=2&a=1'), signed('a=1&b=2'));
    assert.equal(signed('a=%7e+%2a'), signed('a=~%20*'));
    assert.equal(signed('a='), signed('a'));
  });

  it('is another for every other query: nothing can be moved from one key to the next', () => {
    const pair = fc.tuple(
      fc.string({ unit: fc.constantFrom('a', '&', '=', '/', '%', ' ', 'é'), maxLength: 4 }),
      fc.string({ maxLength: 3 }),
    );
    const queryOf = (pairs: readonly (readonly [string, string])[]) =>
      pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
    const sorted = (pairs: readonly (readonly [string, string])[]) =>
      JSON.stringify(pairs.map((one) => JSON.stringify(one)).sort());
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 3 }), fc.array(pair, { maxLength: 3 }), (one, other) => {
        fc.pre(one.length > 0 && other.length > 0);
        assert.equal(signed(queryOf(one)) === signed(queryOf(other)), sorted(one) === sorted(other));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the signature of form fc2', () => {
  it('is that of the platform’s definition', () => {
    const headers = {
      'content-md5': '1bca714f406993b309bb87fabeb30a6b',
      'content-type': 'text/json',
      date: 'today',
      'x-fc-foo': '123',
      'x-fc-bar': 'xyz',
      'x-fcdummy': 'dummy',
      test: 'foo',
    };
    const query = 'foo=bar&key1=xyz&key1=abc&key3%20with=value%20with&key2=123';
    assert.equal(
      fc2Signature({ method: 'GET', path: '/path/action%20with', query, headers }, 'secret'),
      hmac(
        'GET\n1bca714f406993b309bb87fabeb30a6b\ntext/json\ntoday\nx-fc-bar:xyz\nx-fc-foo:123\n/path/action with\nfoo=bar\nkey1=abc\nkey1=xyz\nkey2=123\nkey3 with=value with',
      ),
    );
    assert.equal(fc2Signature({ ...request, headers: { date: 'd' } }, 'secret'), hmac('GET\n\n\nd\n/a\n'));
  });

  it('cannot tell some requests from others, which are known', () => {
    assert.equal(isAmbiguous('/a%0Ab=c', ''), true);
    assert.equal(isAmbiguous('/a', 'b=c%0ad'), true);
    assert.equal(isAmbiguous('/a', 'x=1&a%3Db=c'), true);
    assert.equal(isAmbiguous('/a%20b', 'a=b%3Dc&d'), false);
  });
});
