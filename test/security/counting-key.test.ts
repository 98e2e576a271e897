import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setCaller } from '#src/security/caller.js';
import { countingKey, networkOf } from '#src/security/counting-key.js';
import { fakeHttpContext } from '#src/testing/fake-http-context.js';

describe('who is counted as one', () => {
  it('is an IPv4 address, or the /64 network of an IPv6 address', () => {
    assert.equal(networkOf('203.0.113.7'), '203.0.113.7');
    assert.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7');
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:0DB8:0001:2::9'));
    assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
    assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.equal(networkOf(''), '');
  });

  it('is the caller whom a guard has found out, else the address', () => {
    const key = countingKey('caller');
    const context = fakeHttpContext({ ip: '203.0.113.7' });
    assert.equal(key(context), 'ip:203.0.113.7');
    setCaller(context, { by: 'basic', id: 'ada' });
    assert.equal(key(context), 'caller:basic:ada');
  });

  it('is the sender of a header, which does not stand in the key', () => {
    const key = countingKey({ header: 'X-Api-Key' });
    const of = (value: string) => key(fakeHttpContext({ headers: { 'x-api-key': value } }));
    assert.match(String(of('secret')), /^#[\w-]{43}$/);
    assert.equal(of('secret'), of('secret'));
    assert.notEqual(of('secret'), of('other'));
    assert.equal(key(fakeHttpContext({ ip: '203.0.113.7' })), 'ip:203.0.113.7');
  });

  it('is what a function says, cut short, or nobody', async () => {
    const key = countingKey(async ({ query }) => (typeof query['who'] === 'string' ? query['who'] : undefined));
    assert.equal(await key(fakeHttpContext({ url: '/?who=ada' })), 'ada');
    assert.equal((await key(fakeHttpContext({ url: `/?who=${'x'.repeat(5000)}` })))?.length, 44);
    assert.equal(await key(fakeHttpContext()), undefined);
  });
});
