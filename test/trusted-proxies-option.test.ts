import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { trustedProxies } from '#src/trusted-proxies-option.js';

const option = trustedProxies(['TRUST_PROXY'], 'It is for tests.');

describe('the option for trusted proxies', () => {
  it('reads a switch, a number and a list from text', () => {
    assert.equal(option.parse('auto'), 'auto');
    assert.equal(option.parse('TRUE'), true);
    assert.equal(option.parse('0'), false);
    assert.equal(option.parse('2'), 2);
    assert.deepEqual(option.parse('loopback, 10.0.0.0/8'), ['loopback', '10.0.0.0/8']);
  });

  it('refuses what is no address: a name of a host could be anybody', () => {
    for (const text of ['', 'proxy.example', '10.0.0.0/40', '-1', '1.5', '1000', '10.0.0.1,']) {
      assert.equal(option.parse(text), undefined, text);
    }
    for (const value of [-1, 1.5, 101, 'loopback', ['nobody'], [1], null]) assert.ok(!option.accepts(value));
  });

  it('takes the same in code', () => {
    for (const value of ['auto', true, false, 0, 3, [], ['private']]) assert.ok(option.accepts(value));
  });
});
