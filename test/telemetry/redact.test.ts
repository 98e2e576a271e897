import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redactor } from '#src/telemetry/redact.js';

describe('Redactor', () => {
  it('knows the platforms’ credentials, those of HTTP, and what people call their secrets', () => {
    const redactor = new Redactor();
    const secrets = [
      'X-Cloudbase-Context',
      'x-scf-secret-id',
      'X-Scf-Secret-Key',
      'X-Scf-Session-Token',
      'x-fc-access-key-id',
      'x-fc-access-key-secret',
      'x-fc-security-token',
      'Authorization',
      'Proxy-Authorization',
      'Cookie',
      'Set-Cookie',
      'cookies',
      'apikey',
      'apiKey',
      'X-Api-Key',
      'api_key',
      'password',
      'newPassword',
      'db_passwd',
      'pwd',
      'passphrase',
      'token',
      'accessToken',
      'refresh_token',
      'csrf-token',
      'clientSecret',
      'secretKey',
      'privateKey',
      'credentials',
    ]; // prettier-ignore
    for (const key of secrets) assert.ok(redactor.isSecret(key), key);
  });

  it('leaves what counts or names things', () => {
    const redactor = new Redactor();
    for (const key of [
      'tokens',
      'maxTokens',
      'tokenCount',
      'prompt_tokens',
      'secretary',
      'keyboard',
      'key',
      'author',
    ]) {
      assert.ok(!redactor.isSecret(key), key);
    }
    for (const key of ['x-request-id', 'x-scf-request-id', 'requestId', 'path', 'code', 'user-agent', 'passed']) {
      assert.ok(!redactor.isSecret(key), key);
    }
  });

  it('takes more keys, however they are written, and paths', () => {
    const redactor = new Redactor(['nationalId', 'user.email', 'orders.*.card']);
    for (const key of ['nationalId', 'national_id', 'NATIONAL-ID']) assert.ok(redactor.isSecret(key), key);
    assert.ok(!redactor.isSecret('email') && redactor.mayHide('email'));
    assert.ok(redactor.isSecretPath(['user', 'email']) && redactor.isSecretPath(['orders', '3', 'card']));
    for (const path of [['email'], ['a', 'user', 'email'], ['orders', 'card']]) assert.ok(!redactor.isSecretPath(path));
  });

  it('answers the same however many keys it has seen, and remembers no end of them', () => {
    const redactor = new Redactor();
    for (let count = 0; count < 10_000; count += 1) assert.ok(!redactor.isSecret(`key${count}`));
    assert.ok(redactor.isSecret('late_token') && !redactor.isSecret('late'));
  });
});
