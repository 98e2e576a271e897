import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimsOf, setClaims } from '#src/security/claims.js';
import { fakeHttpContext } from '#src/testing/fake-http-context.js';

describe('claimsOf()', () => {
  it('gives the claims with the types that its caller knows', () => {
    const context = fakeHttpContext();
    setClaims(context, { sub: 'ada', tenant: 'acme' });
    const { sub, tenant } = claimsOf<{ tenant: string }>(context);
    assert.equal(`${sub}@${tenant.toUpperCase()}`, 'ada@ACME');
  });

  it('throws where the guard was forgotten', () => {
    assert.throws(() => claimsOf(fakeHttpContext()), /no jwt\(\) stands around/);
  });
});
