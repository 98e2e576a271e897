import { createHash } from 'node:crypto';

import { MemoryStore } from '../channels/memory-store.js';
import type { Store } from '../channels/store.js';
import type { BodyCheck } from '../context/body-check.js';
import { type HttpContext, setBodyCheck, storeOf } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import { setCaller } from './caller.js';
import { checkNames, checkWhole, optionMistake } from './option-mistake.js';
import { digestOf, sameDigest } from './secret-digest.js';
import {
  ACS3_SCHEME,
  acs3Signature,
  isAmbiguous,
  fc2Signature,
  type SignatureForm,
  type SignedRequest,
} from './signed-message.js';

export interface SignatureOptions {
  /** `acs3`: as Function Compute 3.0 defines it (ACS3-HMAC-SHA256); `fc2`: as 2.0 does. */
  form: SignatureForm;
  /** Access key id → secret, or a function that finds the secret of an id; `undefined` or empty: there is none. */
  keys:
    | Readonly<Record<string, string>>
    | ((accessKeyId: string, context: HttpContext) => string | undefined | Promise<string | undefined>);
  /** How far the date of a request may be from now, in milliseconds. Default 900,000: 15 minutes. */
  toleranceMs?: number;
  /**
   * Whether a request without a signed body is refused. Default `false`, as clients of the platform leave bodies
   * unsigned. A body that is signed is checked in any case.
   */
  bindBody?: boolean;
  /** Whether a request that has come before is refused. Default `true`. */
  refuseReplays?: boolean;
  /**
   * Where requests that have come are remembered. Default: the application's store, which must be shared where there are
   * several instances.
   */
  store?: Store;
}

const NAMES: Readonly<Record<keyof SignatureOptions, true>> = {
  form: true,
  keys: true,
  toleranceMs: true,
  bindBody: true,
  refuseReplays: true,
  store: true,
};

/** What an `Authorization` claims. */
interface Claim {
  readonly keyId: string;
  readonly signature: string;
  /** Names of the signed headers; of form `acs3` only. */
  readonly signedHeaders: readonly string[];
}

/** Stands for the secret of an unknown key, so that finding out takes as long. */
const NO_SECRET = 'no such key';

/**
 * Lets through requests that are signed with a secret (HMAC), as `signRequest()` signs them and as clients of Function
 * Compute do. Others get 401, and the reason is in the log at level `debug`.
 *
 * A request is good once, within 15 minutes of its date. The store remembers signatures for that time; where it fails,
 * nothing is let in (503), as nobody could tell then what is a replay. Where the body is signed, the bytes as they came
 * are what counts, and no handler is called before they were checked; a handler that takes the body as a stream gets an
 * error at its end.
 *
 * @throws StartupError for options without keys.
 * @example
 * @Use(signature({ form: 'acs3', keys: { [process.env['KEY_ID'] ?? '']: process.env['KEY_SECRET'] ?? '' }, bindBody: true }))
 * @Controller('/internal')
 * class InternalController {}
 */
export function signature(options: SignatureOptions): MiddlewareFunction {
  checkNames('signature()', options, NAMES);
  const { form, bindBody = false, refuseReplays = true } = options;
  if (form !== 'acs3' && form !== 'fc2') {
    throw optionMistake('signature() form', `it is ${JSON.stringify(form)}`, "give 'acs3' or 'fc2'");
  }
  const toleranceMs = checkWhole('signature() toleranceMs', options.toleranceMs ?? 900_000, 1000);
  const secretOf = secretFinder(options.keys);
  let ownStore: Store | undefined;
  return async (context, next) => {
    const request = requestOf(context);
    const claim = form === 'acs3' ? acs3Claim(request.headers) : fc2Claim(request.headers);
    if (claim === undefined) throw refusal(context, form, 'no Authorization of this form');
    const date = Date.parse(dateOf(request.headers, form) ?? '');
    // Also where it is no date at all.
    if (!(Math.abs(Date.now() - date) <= toleranceMs))
      throw refusal(context, form, 'the date is missing or too far off');
    const secret = await secretOf(claim.keyId, context);
    // With an empty one, as a variable that is not set gives, everybody could sign.
    const known = secret !== undefined && secret !== '';
    const expected = expectedSignature(request, claim, form, known ? secret : NO_SECRET);
    const good = expected !== undefined && sameDigest(digestOf(expected), digestOf(claim.signature));
    if (!good || !known) throw refusal(context, form, 'the signature is not the one of this request');
    const check = bodyCheck(context, request.headers, claim, form);
    if (check === undefined && bindBody) throw refusal(context, form, 'the body is not signed');
    if (refuseReplays) {
      const store = options.store ?? storeOf(context) ?? (ownStore ??= new MemoryStore());
      await remember(store, context, form, `${claim.keyId}:${expected}`, date + toleranceMs - Date.now());
    }
    if (check !== undefined) setBodyCheck(context, check);
    setCaller(context, { by: 'signature', id: claim.keyId });
    return next();
  };
}

type FindSecret = (keyId: string, context: HttpContext) => string | undefined | Promise<string | undefined>;

function secretFinder(keys: SignatureOptions['keys']): FindSecret {
  if (typeof keys === 'function') return keys;
  // Of a text or a list each part would be a secret, and its place an id.
  const secrets = new Map(typeof keys === 'object' && !Array.isArray(keys) ? Object.entries(keys ?? {}) : []);
  const remedy = 'give { accessKeyId: secret }; check the variables that they come from';
  if (secrets.size === 0) throw optionMistake('signature()', 'it has no keys', remedy);
  for (const [id, secret] of secrets) {
    if (id !== '' && typeof secret === 'string' && secret !== '') continue;
    throw optionMistake('signature() keys', `the key ${JSON.stringify(id)} or its secret is empty`, remedy);
  }
  return (id) => secrets.get(id);
}

function requestOf({ method, path, headers, httpContext }: HttpContext): SignedRequest {
  const { url } = httpContext;
  const start = url.indexOf('?');
  const texts = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]);
  return {
    method,
    path,
    query: start === -1 ? '' : url.slice(start + 1),
    headers: Object.fromEntries(texts) as Record<string, string | undefined>,
  };
}

function acs3Claim({ authorization = '' }: SignedRequest['headers']): Claim | undefined {
  const form = /^ACS3-HMAC-SHA256 Credential=([^,\s]+), *SignedHeaders=([a-z0-9;_-]+), *Signature=([0-9a-f]{64})$/;
  const [, keyId, names, sent] = form.exec(authorization) ?? [];
  if (keyId === undefined || names === undefined || sent === undefined) return undefined;
  return { keyId, signature: sent, signedHeaders: names.split(';') };
}

function fc2Claim({ authorization = '' }: SignedRequest['headers']): Claim | undefined {
  const [, keyId, sent] = /^FC ([^:\s]+):([A-Za-z0-9+/]{43}=)$/.exec(authorization) ?? [];
  return keyId === undefined || sent === undefined ? undefined : { keyId, signature: sent, signedHeaders: [] };
}

/** The date's text, where it has the form that both sides agree on. */
function dateOf(headers: SignedRequest['headers'], form: SignatureForm): string | undefined {
  const text = headers[form === 'acs3' ? 'x-acs-date' : 'date'] ?? '';
  const pattern =
    form === 'acs3'
      ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
      : /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
  return pattern.test(text) ? text : undefined;
}

/** `undefined`: something that must be signed is not, or the request cannot be read in one way only. */
function expectedSignature(
  request: SignedRequest,
  { signedHeaders }: Claim,
  form: SignatureForm,
  secret: string,
): string | undefined {
  try {
    if (form === 'fc2') return isAmbiguous(request.path, request.query) ? undefined : fc2Signature(request, secret);
    const own = Object.keys(request.headers).filter((name) => name.startsWith('x-acs-'));
    if (!own.every((name) => signedHeaders.includes(name)) || !signedHeaders.includes('x-acs-date')) return undefined;
    return acs3Signature(request, signedHeaders, secret);
  } catch (error) {
    if (error instanceof URIError) return undefined; // a query that cannot be decoded
    throw error;
  }
}

/** Holds the body to the digest that is signed; `undefined`: none is. */
function bodyCheck(
  context: HttpContext,
  headers: SignedRequest['headers'],
  { signedHeaders }: Claim,
  form: SignatureForm,
): BodyCheck | undefined {
  const bound = form === 'fc2' || signedHeaders.includes('x-acs-content-sha256');
  const expected = headers[form === 'fc2' ? 'content-md5' : 'x-acs-content-sha256'];
  if (!bound || expected === undefined || expected === '') return undefined;
  const hash = createHash(form === 'fc2' ? 'md5' : 'sha256');
  return {
    update: (bytes) => void hash.update(bytes),
    end() {
      const digest = hash.digest();
      // Of form `fc2` there are clients that write it as RFC 1864 does, and the platform's own, which writes digits.
      if ([digest.toString('hex'), digest.toString('base64')].includes(expected)) return;
      throw refusal(context, form, 'the body is not the one that was signed');
    },
  };
}

/** Once is enough. @throws HttpError 401 the second time, 503 where the store cannot tell. */
async function remember(
  store: Store,
  context: HttpContext,
  form: SignatureForm,
  key: string,
  validMs: number,
): Promise<void> {
  let first: boolean;
  try {
    const ttlMs = Math.max(1, Math.ceil(validMs)) + 1000;
    first = await store.set(`yunction:signature:${key}`, 1, { ttlMs, ifAbsent: true });
  } catch (error) {
    throw HttpError.unavailable('it cannot be told whether the request is new', {
      headers: { 'Retry-After': '5' },
      cause: error,
    });
  }
  if (!first) throw refusal(context, form, 'the request has come before');
}

function refusal({ log }: HttpContext, form: SignatureForm, reason: string): HttpError {
  log.debug({ reason }, 'a signed request was refused');
  const scheme = form === 'acs3' ? ACS3_SCHEME : 'FC';
  return HttpError.unauthorized('sign the request', { headers: { 'WWW-Authenticate': scheme } });
}
