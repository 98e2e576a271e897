import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signRequest } from '#src/security/sign-request.js';

const init = { accessKeyId: 'id', accessKeySecret: 'secret', url: 'https://api.example:8443/a%20b?x=1' } as const;
const date = new Date('2024-01-04T01:33:13.789Z');

describe('signRequest()', () => {
  it('adds what form acs3 needs to the given headers', () => {
    const headers = signRequest({
      ...init,
      form: 'acs3',
      method: 'post',
      headers: { 'Content-Type': 'text/plain', Accept: '*/*' },
      body: 'hello',
      securityToken: 'sts',
      date,
      nonce: 'n1',
    });
    const { Authorization, ...others } = headers;
    assert.deepEqual(others, {
      'Content-Type': 'text/plain',
      Accept: '*/*',
      'x-acs-date': '2024-01-04T01:33:13Z',
      'x-acs-security-token': 'sts',
      'x-acs-signature-nonce': 'n1',
      'x-acs-content-sha256': '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    });
    assert.match(
      Authorization ?? '',
      /^ACS3-HMAC-SHA256 Credential=id,SignedHeaders=content-type;host;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce,Signature=[0-9a-f]{64}$/,
    );
  });

  it('adds what form fc2 needs', () => {
    const headers = signRequest({ ...init, form: 'fc2', body: Buffer.from('hello'), date, nonce: false });
    assert.equal(headers['Date'], 'Thu, 04 Jan 2024 01:33:13 GMT');
    assert.equal(headers['Content-MD5'], '5d41402abc4b2a76b9719d911017c592');
    assert.match(headers['Authorization'] ?? '', /^FC id:[\w+/]{43}=$/);
    assert.equal('x-fc-signature-nonce' in headers, false);
  });

  it('makes each request unlike any other of its second, unless told not to', () => {
    for (const form of ['acs3', 'fc2'] as const) {
      const sign = (nonce?: false) =>
        signRequest({ ...init, form, date, ...(nonce === undefined ? {} : { nonce }) })['Authorization'];
      assert.notEqual(sign(), sign());
      assert.equal(sign(false), sign(false));
    }
  });
});
