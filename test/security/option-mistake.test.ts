import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartupError } from '#src/errors/startup-error.js';
import { apiKey } from '#src/security/api-key.js';
import { basicAuth } from '#src/security/basic-auth.js';
import { concurrencyLimit } from '#src/security/concurrency-limit.js';
import { cors } from '#src/security/cors.js';
import { csrf } from '#src/security/csrf.js';
import { jwt } from '#src/security/jwt.js';
import { checkNames, checkWhole, optionMistake } from '#src/security/option-mistake.js';
import { rateLimit } from '#src/security/rate-limit.js';
import { securityHeaders } from '#src/security/security-headers.js';
import { signature } from '#src/security/signature.js';

/** What plain JavaScript may give in place of options. */
const unchecked = (given: unknown) => given as never;

describe('the options of a middleware', () => {
  it('are refused with the place, the problem and the remedy', () => {
    const mistake = optionMistake('apiKey()', 'it has no keys', 'give some');
    assert.ok(mistake instanceof StartupError);
    assert.equal(mistake.message, 'apiKey(): it has no keys → give some');
  });

  it('that are counts are whole numbers within their range', () => {
    assert.equal(checkWhole('x', 5, 1, 5), 5);
    for (const value of [0, 6, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => checkWhole('x', value, 1, 5), /a whole number from 1 to 5/);
    }
    assert.throws(() => checkWhole('x', -1, 0), /a whole number of at least 0/);
  });

  it('have names that it knows: what nobody reads guards nothing', () => {
    const known = { limit: true, name: true };
    assert.doesNotThrow(() => checkNames('x()', { limit: 1 }, known));
    assert.throws(
      () => checkNames('x()', unchecked({ limit: 1, limits: 2 }), known),
      /x\(\): it knows no limits → use limit, name/,
    );
    assert.throws(() => checkNames('x()', undefined, known), /x\(\): it has no options → use limit, name/);
  });

  it('are looked at by each ready-made one', () => {
    const secret = 's'.repeat(32);
    const makers: [(options: never) => unknown, object][] = [
      [apiKey, { keys: ['a'] }],
      [basicAuth, { verify: () => true }],
      [concurrencyLimit, { limit: 1 }],
      [cors, { origins: 'https://app.example' }],
      [csrf, {}],
      [jwt, { algorithms: ['HS256'], keys: { secret } }],
      [rateLimit, { limit: 1 }],
      [securityHeaders, {}],
      [signature, { form: 'acs3', keys: { ada: 'secret' } }],
    ];
    for (const [make, good] of makers) {
      assert.doesNotThrow(() => make(unchecked(good)), make.name);
      assert.throws(() => make(unchecked({ ...good, audiance: 'x' })), /knows no audiance/, make.name);
      if (Object.keys(good).length > 0) assert.throws(() => make(unchecked(undefined)), StartupError, make.name);
      assert.throws(() => make(unchecked(null)), StartupError, make.name);
    }
  });
});
