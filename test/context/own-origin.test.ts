import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOwnOrigin } from '#src/context/own-origin.js';

describe('isOwnOrigin', () => {
  it('compares host and port, a port that is the scheme’s own named or not', () => {
    assert.equal(isOwnOrigin('http://internal:9000', 'internal:9000'), true);
    assert.equal(isOwnOrigin('https://internal:9000', 'internal:9000'), true);
    assert.equal(isOwnOrigin('http://internal', 'internal:9000'), false);
    assert.equal(isOwnOrigin('https://a.example', 'A.example:443'), true);
    assert.equal(isOwnOrigin('https://a.example', 'a.example:80'), false);
  });

  it('takes any of the hosts that the server is called by', () => {
    assert.equal(isOwnOrigin('https://public.example', 'internal:9000', 'public.example'), true);
    assert.equal(isOwnOrigin('https://public.example', 'internal:9000', undefined), false);
    assert.equal(isOwnOrigin('https://evil.example', 'internal:9000', 'public.example'), false);
  });

  it('finds nothing of its own in what is no origin, or without a host', () => {
    for (const origin of ['null', '', 'internal:9000', 'file:///internal:9000', 'http://internal:9000@evil.example']) {
      assert.equal(isOwnOrigin(origin, 'internal:9000'), false, origin);
    }
    assert.equal(isOwnOrigin('http://a.example', undefined), false);
    assert.equal(isOwnOrigin('http://a.example'), false);
    assert.equal(isOwnOrigin('http://a.example', 'a b'), false);
  });
});
