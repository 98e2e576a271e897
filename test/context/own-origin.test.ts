import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOwnOrigin } from '#src/context/own-origin.js';

describe('isOwnOrigin', () => {
  const headers = { host: 'internal:9000', 'x-forwarded-host': 'evil.example, public.example' };

  it('compares host and port, a port that is the scheme’s own named or not', () => {
    assert.equal(isOwnOrigin('http://internal:9000', headers, false), true);
    assert.equal(isOwnOrigin('https://internal:9000', headers, false), true);
    assert.equal(isOwnOrigin('http://internal', headers, false), false);
    assert.equal(isOwnOrigin('https://a.example', { host: 'A.example:443' }, false), true);
    assert.equal(isOwnOrigin('https://a.example', { host: 'a.example:80' }, false), false);
  });

  it('takes the word of the nearest proxy, and of a trusted one only', () => {
    assert.equal(isOwnOrigin('https://public.example', headers, false), false);
    assert.equal(isOwnOrigin('https://public.example', headers, true), true);
    assert.equal(isOwnOrigin('https://evil.example', headers, true), false);
  });

  it('finds nothing of its own in what is no origin', () => {
    for (const origin of ['null', '', 'internal:9000', 'file:///internal:9000', 'http://internal:9000@evil.example']) {
      assert.equal(isOwnOrigin(origin, headers, true), false, origin);
    }
    assert.equal(isOwnOrigin('http://a.example', {}, true), false);
    assert.equal(isOwnOrigin('http://a.example', { host: 'a b' }, false), false);
  });
});
