import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { candidates, fits, keysOfSet, readKeys } from '#src/security/verification-key.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
const ed = generateKeyPairSync('ed25519').publicKey;

describe('a key', () => {
  it('fits the algorithms of its own type and no others', () => {
    const all = ['HS256', 'RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'none', ''];
    const fitting = (key: Parameters<typeof fits>[0]) => all.filter((algorithm) => fits(key, algorithm));
    const of = (key: typeof rsa, algorithm?: string) => ({ kid: undefined, algorithm, key });
    assert.deepEqual(fitting(of(p256)), ['ES256']);
    assert.deepEqual(fitting(of(p384)), ['ES384']);
    assert.deepEqual(fitting(of(ed)), ['EdDSA']);
    assert.deepEqual(fitting(of(small)), []);
    assert.deepEqual(
      ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'].filter((algorithm) => fits(of(rsa), algorithm)),
      ['RS256', 'PS256'],
    );
    assert.deepEqual(fitting(of(rsa, 'PS256')), ['PS256'], 'of them the one that its owner names');
    const [secret] = readKeys({ secret: 'x'.repeat(64) }, ['HS256']);
    assert.ok(secret !== undefined);
    assert.deepEqual(fitting(secret), ['HS256']);
  });

  it('is a candidate unless both it and the token name another', () => {
    const keys = [
      { kid: 'a', algorithm: undefined, key: p256 },
      { kid: undefined, algorithm: undefined, key: p256 },
    ];
    const kids = (kid: string | undefined) => candidates(keys, 'ES256', kid).map((key) => key.kid);
    assert.deepEqual([kids('a'), kids('b'), kids(undefined)], [['a', undefined], [undefined], ['a', undefined]]);
  });

  it('of a set is left out where it cannot verify, or is a secret', () => {
    const jwk = p256.export({ format: 'jwk' });
    const set = [
      { ...jwk, kid: 'sig', use: 'sig' },
      { ...jwk, kid: 'enc', use: 'enc' },
      { ...jwk, kid: 'ops', key_ops: ['verify'] },
      { ...jwk, kid: 'other-ops', key_ops: ['encrypt'] },
      { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'off the curve' },
      { kty: 'new', kid: 'new' },
      null,
    ];
    assert.deepEqual(
      keysOfSet({ keys: set }).map(({ kid }) => kid),
      ['sig', 'ops'],
    );
    for (const odd of [null, 1, 'x', [], {}, { keys: 1 }]) assert.deepEqual(keysOfSet(odd), []);
  });
});
