import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { hashPassword, isPassword, parsePasswordHash } from '#src/security/hash-password.js';

describe('hashPassword()', () => {
  it('gives a text that only its password fits, another one each time', async () => {
    const [first, second] = await Promise.all([hashPassword('a:b ü'), hashPassword('a:b ü')]);
    assert.notEqual(first, second);
    const parsed = parsePasswordHash(first);
    assert.ok(parsed !== undefined);
    assert.equal(await isPassword('a:b ü', parsed), true);
    assert.equal(await isPassword('a:b u', parsed), false);
    assert.equal(await isPassword('', parsed), false);
  });

  it('is node’s own scrypt with the settings that stand in it', async () => {
    const text = await hashPassword('secret');
    const [, , settings, salt = '', hash = ''] = text.split('$');
    assert.equal(settings, 'ln=14,r=8,p=5');
    const key = scryptSync('secret', Buffer.from(salt, 'base64'), 32, { N: 2 ** 14, r: 8, p: 5, maxmem: 2 ** 26 });
    assert.equal(key.toString('base64').replace(/=+$/, ''), hash);
  });

  it('takes a password for the same however its letters are composed', async () => {
    const parsed = parsePasswordHash(await hashPassword('caf\u00e9'));
    assert.ok(parsed !== undefined);
    assert.equal(await isPassword('cafe\u0301', parsed), true);
  });

  it('reads no text that is no hash, or asks for more than any machine has', () => {
    const tail = '$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo';
    assert.ok(parsePasswordHash(`$scrypt$ln=14,r=8,p=5${tail}`) !== undefined);
    for (const text of [
      '',
      'secret',
      `$scrypt$ln=21,r=8,p=1${tail}`,
      `$scrypt$ln=0,r=8,p=1${tail}`,
      `$scrypt$ln=14,r=99,p=1${tail}`,
      `$scrypt$ln=14,r=8,p=99${tail}`,
      `$argon2id$v=19$m=1,t=1,p=1${tail}`,
      '$scrypt$ln=14,r=8,p=5$short$hash',
    ]) {
      assert.equal(parsePasswordHash(text), undefined, text);
    }
  });
});
