import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartupError } from '#src/errors/startup-error.js';
import { type OriginRule, originTest, wholly } from '#src/security/origin-rule.js';
import { fakeHttpContext } from '#src/testing/fake-http-context.js';

const context = fakeHttpContext();
const accepts = (rules: OriginRule | readonly OriginRule[], origin: string) => originTest('x', rules)(origin, context);

describe('an origin rule', () => {
  it('that is a text means exactly this origin', () => {
    const rules = ['https://app.example', 'http://localhost:5173', 'null'];
    for (const origin of rules) assert.equal(accepts(rules, origin), true, origin);
    for (const origin of [
      'http://app.example',
      'https://app.example:8443',
      'https://app.example.evil.org',
      'https://xapp.example',
      'https://APP.example',
      '',
    ]) {
      assert.equal(accepts(rules, origin), false, origin);
    }
  });

  it('with a star means all subdomains and not the domain itself', () => {
    for (const origin of ['https://a.example.com', 'https://a-1.b.example.com']) {
      assert.equal(accepts('*.example.com', origin), true, origin);
      assert.equal(accepts(['https://*.example.com'], origin), true, origin);
    }
    for (const origin of [
      'http://a.example.com',
      'https://example.com',
      'https://.example.com',
      'https://evilexample.com',
      'https://a.example.com.evil.org',
      'https://aXexampleYcom',
      'https://evil.org/.example.com',
      'https://evil.org#.example.com',
      'https://evil.org\n.example.com',
      'https://a.example.com:8443',
    ]) {
      assert.equal(accepts('*.example.com', origin), false, origin);
    }
    assert.equal(accepts('http://*.local:3000', 'http://a.local:3000'), true);
  });

  it('that is an expression must match from the first to the last character', () => {
    assert.equal(accepts(/https:\/\/pr-\d+\.example\.com/, 'https://pr-7.example.com'), true);
    assert.equal(accepts(/https:\/\/pr-\d+\.example\.com/, 'https://pr-7.example.com.evil.org'), false);
    assert.equal(accepts(/example\.com$/, 'https://evilexample.com'), false);
    assert.equal(accepts(/a|b/, 'ab'), false, 'alternatives too');
    const sticky = /https:\/\/a/gy;
    const test = originTest('x', sticky);
    assert.deepEqual([test('https://a', context), test('https://a', context)], [true, true], 'and keeps no state');
    assert.equal(wholly(/A/i).test('a'), true);
  });

  it('that is a function may take its time', async () => {
    const rules: OriginRule[] = ['https://a.example', async (origin) => origin === 'https://b.example'];
    assert.deepEqual(
      await Promise.all(
        ['https://a.example', 'https://b.example', 'https://c.example'].map(async (one) => accepts(rules, one)),
      ),
      [true, true, false],
    );
  });

  it('that no browser sends stops the start, and the remedy names the origin', () => {
    const wrong = [
      'https://app.example/',
      'https://app.example/path',
      'app.example',
      'https://APP.example',
      'a*b',
      '',
      '*',
    ];
    for (const rule of wrong) assert.throws(() => originTest('cors() origins', rule), StartupError, rule);
    assert.throws(() => originTest('x', 'https://app.example/path'), /write https:\/\/app\.example$/);
    assert.throws(() => originTest('x', 'https://a.*.com'), /cannot read the pattern/);
  });
});
