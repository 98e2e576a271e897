import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCookie } from 'cookie';
import fc from 'fast-check';
import { serialize } from '#src/context/set-cookie.js';

describe('a Set-Cookie', () => {
  it('has Path=/ and what is asked for', () => {
    assert.equal(serialize('a', 'b', {}), 'a=b; Path=/');
    const everything = serialize('a', 'b', {
      maxAge: 60,
      expires: new Date(0),
      domain: 'a.example',
      path: '/p',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
      partitioned: true,
      priority: 'high',
    });
    for (const attribute of [
      'Max-Age=60',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'Domain=a.example',
      'Path=/p',
      'HttpOnly',
      'Secure',
      'SameSite=Lax',
      'Partitioned',
      'Priority=High',
    ]) {
      assert.ok(everything.split('; ').includes(attribute), attribute);
    }
  });

  it('refuses a name, path or domain that would end the header or add to it', () => {
    assert.throws(() => serialize('a b', '', {}), TypeError);
    assert.throws(() => serialize('a\r\nb', '', {}), TypeError);
    assert.throws(() => serialize('a', '', { path: '/;x' }), TypeError);
    assert.throws(() => serialize('a', '', { domain: 'a\nb' }), TypeError);
  });

  it('brings back whatever value was put in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const [pair = ''] = serialize('name', value, {}).split('; ');
        assert.equal(parseCookie(pair)['name'], value);
      }),
      { numRuns: 300 },
    );
  });
});
