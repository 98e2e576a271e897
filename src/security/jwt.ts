import type { JWTVerifyOptions } from 'jose';

import type { HttpContext } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import { setCaller } from './caller.js';
import { type JwtClaims, setClaims } from './claims.js';
import { isCompactToken } from './compact-token.js';
import { missingPackage } from './missing-package.js';
import { checkNames, checkWhole, optionMistake } from './option-mistake.js';
import { KeysUnavailable, RemoteKeys } from './remote-keys.js';
import { tokenReader, type TokenSource } from './token-source.js';
import { candidates, type JwtAlgorithm, type JwtKey, readKeys, type VerificationKey } from './verification-key.js';

const ALGORITHM = /^(?:(?:HS|RS|PS|ES)(?:256|384|512)|EdDSA)$/;

export interface JwtOptions {
  /** The algorithms that your issuer signs with, and no others. */
  algorithms: readonly JwtAlgorithm[];
  /** The issuer's public key, or the secret shared with it; several while one replaces another. */
  keys?: JwtKey | readonly JwtKey[];
  /** Or the https URL at which it publishes its keys (JWKS). */
  jwksUrl?: string | URL;
  /** Whom tokens must be from: their `iss`, one of these. Default: anybody who has the key. */
  issuer?: string | readonly string[];
  /**
   * Whom tokens must be for: their `aud` holds one of these. With `jwksUrl` it must be given, as such issuers sign for
   * many; `false` says that tokens for others are taken too.
   */
  audience?: string | readonly string[] | false;
  /** What `typ` in a token's header must be, such as `at+jwt` (RFC 9068). Default: not looked at. */
  type?: string;
  /** How far clocks may differ, in milliseconds. Default 30,000. */
  clockToleranceMs?: number;
  /** Whether a token without an end is refused. Default `true`. */
  requireExpiry?: boolean;
  /** Where the token comes from; several: the first that has one. Default `'header'`. */
  from?: TokenSource | readonly TokenSource[];
  /** For how long keys of `jwksUrl` are taken as they are, in milliseconds. Default 600,000. */
  jwksMaxAgeMs?: number;
  /** How much time lies between two fetches of them at least, in milliseconds. Default 30,000. */
  jwksCooldownMs?: number;
}

const NAMES: Readonly<Record<keyof JwtOptions, true>> = {
  algorithms: true,
  keys: true,
  jwksUrl: true,
  issuer: true,
  audience: true,
  type: true,
  clockToleranceMs: true,
  requireExpiry: true,
  from: true,
  jwksMaxAgeMs: true,
  jwksCooldownMs: true,
};

type Jose = typeof import('jose');
type FindKeys = (
  algorithm: string,
  kid: string | undefined,
  context: HttpContext,
) => readonly VerificationKey[] | Promise<readonly VerificationKey[]>;

// Loaded by the first token, once for all: it takes as long as a small application's start.
let jose: Promise<Jose> | undefined;

/**
 * Lets through who has a good JSON Web Token, verified by the package `jose`; `claimsOf(context)` then gives its claims.
 * Everybody else gets 401 with `WWW-Authenticate` and no word on what is wrong, which is in the log at level `debug`.
 * Where the issuer's keys cannot be fetched and none are there yet, it is 503.
 *
 * What decides is configuration, never the token: its `alg` must be in the list, and a key is used only with algorithms
 * of its own type. Keys within a token (`jwk`, `jku`, `x5u`, `x5c`) are not looked at; `crit` is refused.
 *
 * @throws StartupError for keys that do not fit the algorithms, and other options that cannot be meant so.
 * @example
 * const user = jwt({ jwksUrl: 'https://id.example.com/.well-known/jwks.json', algorithms: ['RS256'],
 *   issuer: 'https://id.example.com', audience: 'orders' });
 */
export function jwt(options: JwtOptions): MiddlewareFunction {
  checkNames('jwt()', options, NAMES);
  const read = tokenReader(options.from ?? 'header');
  const findKeys = keyFinder(options);
  const settings = verifyOptions(options);
  return async (context, next) => {
    const token = read(context);
    if (token === undefined) throw refusal('Bearer');
    if (!isCompactToken(token)) throw invalid(context, 'it is no token in compact form');
    jose ??= import('jose').catch((error: unknown) => {
      jose = undefined;
      throw missingPackage('jose', 'jwt()', error);
    });
    const claims = await verify(await jose, token, settings, findKeys, context);
    setClaims(context, claims);
    if (typeof claims.sub === 'string') setCaller(context, { by: 'jwt', id: claims.sub });
    return next();
  };
}

function keyFinder({ algorithms, keys, jwksUrl, audience, jwksMaxAgeMs, jwksCooldownMs }: JwtOptions): FindKeys {
  if (!Array.isArray(algorithms) || algorithms.length === 0) {
    throw optionMistake('jwt()', 'it has no algorithms', "name those that your issuer uses: algorithms: ['RS256']");
  }
  const names: readonly string[] = algorithms;
  const odd = names.find((name) => !ALGORITHM.test(name));
  if (odd !== undefined) {
    throw optionMistake('jwt() algorithms', `it knows no ${odd}`, 'use RS256, PS256, ES256, EdDSA or HS256');
  }
  if ((keys === undefined) === (jwksUrl === undefined)) {
    throw optionMistake('jwt()', 'it needs keys from one place', 'give either `keys` or `jwksUrl`');
  }
  if (jwksUrl === undefined) {
    const known = readKeys(keys ?? [], algorithms);
    return (algorithm, kid) => candidates(known, algorithm, kid);
  }
  if (names.some((name) => name.startsWith('HS'))) {
    throw optionMistake('jwt() algorithms', 'HS256 and its like take a secret, which no URL gives', 'use `keys`');
  }
  if (audience === undefined) {
    const remedy = 'give your own `audience`, or `false` to take tokens for others too';
    throw optionMistake('jwt()', 'an issuer with a `jwksUrl` signs for many', remedy);
  }
  const remote = new RemoteKeys({
    url: jwksUrl,
    maxAgeMs: checkWhole('jwt() jwksMaxAgeMs', jwksMaxAgeMs ?? 600_000, 1),
    cooldownMs: checkWhole('jwt() jwksCooldownMs', jwksCooldownMs ?? 30_000, 1),
  });
  return (algorithm, kid, { log }) => remote.find(algorithm, kid, log);
}

function verifyOptions(options: JwtOptions): JWTVerifyOptions {
  const { algorithms, issuer, audience, type, requireExpiry = true } = options;
  for (const name of ['issuer', 'audience', 'type'] as const) {
    if (!Object.hasOwn(options, name) || options[name] !== undefined) continue;
    const remedy = 'check the variable that it comes from, or leave the option out';
    throw optionMistake(`jwt() ${name}`, 'it is undefined, which would let everybody’s tokens in', remedy);
  }
  const toleranceMs = checkWhole('jwt() clockToleranceMs', options.clockToleranceMs ?? 30_000, 0, 600_000);
  return {
    algorithms: [...algorithms],
    clockTolerance: toleranceMs / 1000,
    requiredClaims: requireExpiry ? ['exp'] : [],
    ...(issuer === undefined ? {} : { issuer: listOf('issuer', issuer) }),
    ...(audience === undefined || audience === false ? {} : { audience: listOf('audience', audience) }),
    ...(type === undefined ? {} : { typ: listOf('type', type)[0] ?? '' }),
  };
}

/** An empty list, or a variable that is not set, would let everybody's tokens in or nobody's. */
function listOf(name: string, given: string | readonly string[]): string[] {
  const list: readonly unknown[] = typeof given === 'string' ? [given] : given;
  if (list.length > 0 && list.every((entry) => typeof entry === 'string' && entry !== '')) return list as string[];
  throw optionMistake(`jwt() ${name}`, 'it is empty', 'check the variable that it comes from');
}

/** Its claims. @throws HttpError 401 or 503. */
async function verify(
  { jwtVerify, decodeProtectedHeader }: Jose,
  token: string,
  settings: JWTVerifyOptions,
  findKeys: FindKeys,
  context: HttpContext,
): Promise<JwtClaims> {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg === undefined || settings.algorithms?.includes(alg) !== true) throw new Error(`alg is ${String(alg)}`);
    const keys = await findKeys(alg, typeof kid === 'string' ? kid : undefined, context);
    let failure: unknown = new Error('no key fits');
    for (const { key } of keys) {
      try {
        return (await jwtVerify(token, key, settings)).payload;
      } catch (error) {
        failure = error; // the next key may be the one
      }
    }
    throw failure;
  } catch (error) {
    if (error instanceof KeysUnavailable) {
      throw HttpError.unavailable(error.message, { headers: { 'Retry-After': '5' }, cause: error.cause });
    }
    throw invalid(context, error);
  }
}

function invalid({ log }: HttpContext, reason: unknown): HttpError {
  log.debug({ reason: reason instanceof Error ? reason.message : reason }, 'a token was refused');
  return refusal('Bearer error="invalid_token"');
}

/** Says no more than RFC 6750, section 3.1, asks for: the reason helps those who try. */
function refusal(challenge: string): HttpError {
  return HttpError.unauthorized('send a valid token', { headers: { 'WWW-Authenticate': challenge } });
}
