import { createHmac, randomBytes } from 'node:crypto';

import type { HttpContext } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import { setCaller } from './caller.js';
import { isPassword, parsePasswordHash, type PasswordHash } from './hash-password.js';
import { checkNames, optionMistake } from './option-mistake.js';

/** Characters of the credentials in base64; longer ones are not even decoded. */
const MAX_CREDENTIALS = 2048;

/** A right password is not hashed anew for each request; a changed one is noticed at the next start anyway. */
const REMEMBERED_MS = 5 * 60_000;
const MAX_REMEMBERED = 1000;

/** Passwords checked at a time. Each takes 16 MiB and a thread for a tenth of a second: no flood may ask for more. */
const MAX_CHECKS = 32;

export interface BasicAuthOptions {
  /** Name → hash of the password, as `hashPassword` makes it. */
  users?: Readonly<Record<string, string>>;
  /** In place of `users`: whether this name and password are let in. Compare in constant time. */
  verify?: (name: string, password: string, context: HttpContext) => boolean | Promise<boolean>;
  /** What a browser shows when it asks for the password. Default `restricted`. */
  realm?: string;
}

const NAMES: Readonly<Record<keyof BasicAuthOptions, true>> = { users: true, verify: true, realm: true };

/**
 * HTTP's own authentication by name and password (RFC 7617), for admin pages and machines; 401 lets a browser ask.
 * Use it over TLS only, as the password goes with every request, and put `rateLimit()` outside it. Browsers send the
 * password by themselves, so methods that change something need `csrf()`.
 *
 * @throws StartupError where a password is not hashed.
 * @example
 * const admins = basicAuth({ users: { ada: process.env['ADA_PASSWORD_HASH'] ?? '' } });
 */
export function basicAuth(options: BasicAuthOptions): MiddlewareFunction {
  checkNames('basicAuth()', options, NAMES);
  const { realm = 'restricted' } = options;
  if (!/^[\x20-\x7e]*$/.test(realm) || /["\\]/.test(realm)) {
    throw optionMistake('basicAuth() realm', `it is ${JSON.stringify(realm)}`, 'use printable ASCII without " and \\');
  }
  if (options.verify !== undefined && options.users !== undefined) {
    throw optionMistake('basicAuth()', 'its users come from two places', 'give either `users` or `verify`');
  }
  const verify = options.verify ?? hashedVerifier(options.users);
  const challenge = { headers: { 'WWW-Authenticate': `Basic realm="${realm}", charset="UTF-8"` } };
  return async (context, next) => {
    const credentials = credentialsOf(context.headers.authorization);
    if (credentials === undefined || !(await verify(credentials.name, credentials.password, context))) {
      throw HttpError.unauthorized('give a name and a password', challenge);
    }
    setCaller(context, { by: 'basic', id: credentials.name });
    return next();
  };
}

function credentialsOf(header: string | undefined): { name: string; password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined || encoded.length > MAX_CREDENTIALS) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  // RFC 7617, section 2, has none in it; at a password's end HMAC, and so scrypt, does not see a NUL.
  if (hasControls(text)) return undefined;
  const colon = text.indexOf(':'); // a name has none, a password may (RFC 7617, section 2)
  return colon === -1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

type Verifier = (name: string, password: string) => Promise<boolean>;

function hashedVerifier(users: Readonly<Record<string, string>> = {}): Verifier {
  const hashes = new Map<string, PasswordHash>();
  for (const [name, text] of Object.entries(users)) {
    const hash = typeof text === 'string' ? parsePasswordHash(text) : undefined;
    if (hash === undefined || name.includes(':')) {
      const problem = hash === undefined ? `the password of ${name} is not hashed` : `the name ${name} holds a colon`;
      throw optionMistake('basicAuth()', problem, 'give `{ name: hash }` with what hashPassword(password) resolved to');
    }
    hashes.set(name, hash);
  }
  const [any] = hashes.values();
  if (any === undefined) throw optionMistake('basicAuth()', 'it has no users', 'give the option `users` or `verify`');
  const remembered = new RememberedChecks();
  let checks = 0;
  return async (name, password) => {
    const known = hashes.get(name);
    const mark = remembered.markOf(name, password);
    if (known !== undefined && remembered.has(mark)) return true;
    if (checks >= MAX_CHECKS) {
      throw HttpError.unavailable('too many passwords are being checked', { headers: { 'Retry-After': '1' } });
    }
    checks += 1;
    try {
      // A name that nobody has takes as long as one that somebody has.
      const right = await isPassword(password, known ?? any);
      if (!right || known === undefined) return false;
    } finally {
      checks -= 1;
    }
    remembered.add(mark);
    return true;
  };
}

/** Names with passwords that were right a while ago, none of which can be read out of this process's memory. */
class RememberedChecks {
  readonly #key = randomBytes(32);
  readonly #expiries = new Map<string, number>();

  markOf(name: string, password: string): string {
    return createHmac('sha256', this.#key).update(`${name}:${password}`).digest('base64');
  }

  has(mark: string): boolean {
    return (this.#expiries.get(mark) ?? 0) > Date.now();
  }

  add(mark: string): void {
    this.#expiries.delete(mark);
    this.#expiries.set(mark, Date.now() + REMEMBERED_MS);
    for (const oldest of this.#expiries.keys()) {
      if (this.#expiries.size <= MAX_REMEMBERED) return;
      this.#expiries.delete(oldest);
    }
  }
}
