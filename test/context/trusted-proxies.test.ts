import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { forwardedEntry, isProxyRange, trustedHops } from '#src/context/trusted-proxies.js';

const from = (remoteAddress: string, forwardedFor?: string) => ({
  headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
  socket: { remoteAddress },
});

describe('isProxyRange', () => {
  it('knows addresses, ranges and the names of ranges', () => {
    for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0', 'loopback', 'private']) {
      assert.ok(isProxyRange(text), text);
    }
  });

  it('refuses everything else', () => {
    for (const text of [
      '',
      'proxy.example',
      '10.0.0',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      '1/x',
      'toString',
    ]) {
      assert.ok(!isProxyRange(text), text);
    }
  });
});

describe('trustedHops', () => {
  it('is a number of proxies, whoever they are', () => {
    assert.equal(trustedHops(false)(from('10.0.0.1', 'a')), 0);
    assert.equal(trustedHops(true)(from('203.0.113.9')), 1);
    assert.equal(trustedHops(2)(from('203.0.113.9')), 2);
  });

  it('goes on from proxy to proxy as long as each is in the list', () => {
    const hops = trustedHops(['loopback', '10.0.0.0/8', '2001:db8::/32']);
    assert.equal(hops(from('203.0.113.9', '10.0.0.1')), 0, 'a stranger may not speak for others');
    assert.equal(hops(from('10.0.0.1', '9.9.9.9, 203.0.113.9')), 1);
    assert.equal(hops(from('127.0.0.1', '9.9.9.9, 203.0.113.9, 10.1.1.1')), 2);
    assert.equal(hops(from('::ffff:10.0.0.1', '203.0.113.9')), 1, 'IPv4 on a socket for both families');
    assert.equal(hops(from('10.0.0.1', '203.0.113.9, [2001:db8::7]:443, 10.0.0.2:8080')), 3);
    assert.equal(hops({ headers: { 'x-forwarded-for': '10.0.0.1' } }), 0);
  });

  it('counts every proxy where the whole chain is believed', () => {
    assert.equal(trustedHops(['private'])(from('10.0.0.1', '10.0.0.3, 10.0.0.2')), 3);
    assert.equal(trustedHops([])(from('10.0.0.1', '10.0.0.2')), 0);
  });

  it('never throws and never goes beyond the chain, whatever the header', () => {
    const hops = trustedHops(['private', 'loopback']);
    const property = fc.property(fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6())), (entries) => {
      const found = hops(from('127.0.0.1', entries.join(',')));
      assert.ok(found >= 1 && found <= String(entries).split(',').length + 1);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('forwardedEntry', () => {
  it('is what the outermost believed proxy wrote', () => {
    assert.equal(forwardedEntry('a, b, c', 1), 'c');
    assert.equal(forwardedEntry('a, b, c', 2), 'b');
    assert.equal(forwardedEntry(['a, b', 'c'], 2), 'b');
    assert.equal(forwardedEntry('a', 3), 'a', 'a proxy may set it anew instead of adding to it');
  });

  it('is nothing where nobody is believed or nothing was sent', () => {
    assert.equal(forwardedEntry('a', 0), undefined);
    assert.equal(forwardedEntry(undefined, 1), undefined);
  });
});
