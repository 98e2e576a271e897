import { createPublicKey, createSecretKey, KeyObject } from 'node:crypto';

import { optionMistake } from './option-mistake.js';

/** The algorithms of signatures that can be asked for (RFC 7518, section 3.1; RFC 8037). There is no `none`. */
export type JwtAlgorithm = `${'HS' | 'RS' | 'PS'}${'256' | '384' | '512'}` | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

/** A key as a JSON Web Key (RFC 7517). */
export interface Jwk {
  readonly kty?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  readonly [member: string]: unknown;
}

/** A public key as PEM, JWK or node's `KeyObject`, or a secret that the issuer has too. */
export type JwtKey = string | Jwk | KeyObject | { readonly secret: string | Uint8Array; readonly kid?: string };

/** A key with what it may be used for. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /** The one algorithm that its owner wants it used with. */
  readonly algorithm: string | undefined;
  readonly key: KeyObject;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

/** Shorter RSA keys can be broken (RFC 7518, section 3.3). */
const MIN_RSA_BITS = 2048;

/** Whether a key is of the type that an algorithm takes: by what the key is, never by what a token says. */
export function fits({ key, algorithm: own }: VerificationKey, algorithm: string): boolean {
  if (own !== undefined && own !== algorithm) return false;
  if (algorithm.startsWith('HS')) return key.type === 'secret';
  if (key.type !== 'public') return false;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (algorithm === 'EdDSA') return type === 'ed25519';
  if (algorithm.startsWith('ES')) return type === 'ec' && details?.namedCurve === CURVES[algorithm];
  return type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
}

/** Those of some keys that may have signed a token: all that fit, unless both it and they name a key. */
export function candidates(
  keys: readonly VerificationKey[],
  algorithm: string,
  kid: string | undefined,
): readonly VerificationKey[] {
  return keys.filter((key) => fits(key, algorithm) && (kid === undefined || key.kid === undefined || key.kid === kid));
}

/** Reads the keys of the options. @throws StartupError for what is no key, or is one that must not be here. */
export function readKeys(given: JwtKey | readonly JwtKey[], algorithms: readonly string[]): VerificationKey[] {
  const list: readonly JwtKey[] = Array.isArray(given) ? given : [given as JwtKey]; // isArray() leaves read-only arrays in
  const keys = list.map((key, index) => readKey(`jwt() keys[${index}]`, key));
  for (const algorithm of algorithms) {
    const fitting = keys.filter((key) => fits(key, algorithm));
    if (fitting.length === 0) {
      const remedy = 'give its key, or take the algorithm away (an RSA key has at least 2048 bits)';
      throw optionMistake('jwt()', `no key is one for ${algorithm}`, remedy);
    }
    for (const { key } of fitting) checkSecret(key, algorithm);
  }
  return keys;
}

/** The public keys of a key set (RFC 7517, section 5) that can verify; others may be there, and are left out. */
export function keysOfSet(set: unknown): VerificationKey[] {
  if (typeof set !== 'object' || set === null || !('keys' in set) || !Array.isArray(set.keys)) return [];
  return set.keys.flatMap((jwk: unknown) => {
    if (typeof jwk !== 'object' || jwk === null) return [];
    // A secret that everybody can fetch is none.
    if ((jwk as Jwk).kty === 'oct' || !mayVerify(jwk as Jwk)) return [];
    const key = publicKeyOf(jwk as Jwk);
    return key === undefined ? [] : [key];
  });
}

function readKey(where: string, given: JwtKey): VerificationKey {
  if (typeof given === 'string') return { kid: undefined, algorithm: undefined, key: publicKeyOfPem(where, given) };
  if (given instanceof KeyObject) {
    if (given.type !== 'private') return { kid: undefined, algorithm: undefined, key: given };
    throw privateKey(where);
  }
  if (typeof given !== 'object' || given === null) throw noKey(where);
  if ('secret' in given) {
    const { secret, kid } = given;
    const name = typeof kid === 'string' ? kid : undefined;
    if (typeof secret === 'string')
      return { kid: name, algorithm: undefined, key: secretOf(where, Buffer.from(secret)) };
    if (secret instanceof Uint8Array) return { kid: name, algorithm: undefined, key: secretOf(where, secret) };
    throw noKey(where);
  }
  if (!mayVerify(given)) {
    throw optionMistake(
      where,
      'its owner wants it used for something else (`use`, `key_ops`)',
      'give the key for signatures',
    );
  }
  if (given.kty === 'oct' && typeof given['k'] === 'string') {
    const key = secretOf(where, Buffer.from(given['k'], 'base64url'));
    return { kid: given.kid, algorithm: given.alg, key };
  }
  if ('d' in given) throw privateKey(where);
  const key = publicKeyOf(given);
  if (key === undefined) throw noKey(where);
  return key;
}

function publicKeyOf(jwk: Jwk): VerificationKey | undefined {
  try {
    // Node's type of a JWK has the same members, not declared read-only.
    const key = createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' });
    return { kid: textOf(jwk.kid), algorithm: textOf(jwk.alg), key };
  } catch {
    return undefined; // a type that node does not know, or members that are none
  }
}

/** What its owner wants it used for (RFC 7517, sections 4.2 and 4.3). */
function mayVerify({ use, key_ops: operations }: Jwk): boolean {
  return (use === undefined || use === 'sig') && (!Array.isArray(operations) || operations.includes('verify'));
}

/** Key sets come from outside: what should be text may be anything. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function publicKeyOfPem(where: string, pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw privateKey(where);
  try {
    return createPublicKey(pem.trim());
  } catch {
    throw noKey(where);
  }
}

function secretOf(where: string, secret: Uint8Array): KeyObject {
  // The classic mistake: whoever has the public key, and everybody has, could then sign tokens with it.
  if (/^\s*-----BEGIN/.test(Buffer.from(secret).toString('latin1'))) {
    throw optionMistake(where, 'a PEM stands where a secret should', 'give the public key itself: `keys: pem`');
  }
  return createSecretKey(secret);
}

/** A secret is at least as long as the digest (RFC 7518, section 3.2): a shorter one can be guessed from any token. */
function checkSecret(key: KeyObject, algorithm: string): void {
  if (key.type !== 'secret') return;
  const bytes = Number(algorithm.slice(2)) / 8;
  if ((key.symmetricKeySize ?? 0) >= bytes) return;
  throw optionMistake('jwt() keys', `a secret for ${algorithm} is too short`, `use at least ${bytes} random bytes`);
}

function noKey(where: string): Error {
  return optionMistake(where, 'it is no key', 'give a public key as PEM or JWK, a KeyObject, or { secret }');
}

function privateKey(where: string): Error {
  return optionMistake(where, 'it is a private key', 'give the public one: tokens are only verified here');
}
