import type { HttpContext } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import { setCaller } from './caller.js';
import { checkNames, optionMistake } from './option-mistake.js';
import { digestOf, sameDigest } from './secret-digest.js';

/** Longer than any key: not even looked at. */
const MAX_KEY_LENGTH = 1024;

export interface ApiKeyOptions {
  /** The keys that are let in: a list, or by name (`callerOf(context).id` is then the name). */
  keys?: readonly string[] | Readonly<Record<string, string>>;
  /** In place of `keys`: resolves to the caller's name, or to `undefined`, `false` or `''` for a key that is not let in. */
  verify?: (key: string, context: HttpContext) => KeyVerdict | Promise<KeyVerdict>;
  /** The header that carries the key; `false`: none. Default `X-Api-Key`. */
  header?: string | false;
  /**
   * The query parameter that may carry it, for a browser's WebSocket or EventSource, which cannot set headers. Default:
   * none, as URLs end up in logs.
   */
  query?: string;
}

const NAMES: Readonly<Record<keyof ApiKeyOptions, true>> = { keys: true, verify: true, header: true, query: true };

/** A header's name (RFC 9110, section 5.1). */
const HEADER = /^[\w!#$%&'*+.^`|~-]+$/;

/** What `verify` finds: the caller's name, or that the key is not let in. */
export type KeyVerdict = string | false | undefined;

/**
 * Lets through who sends a right API key, and answers 401 to others. Keys are kept as digests and compared in constant
 * time. The 401 does not say whether a key was missing or wrong.
 *
 * @throws StartupError for options without a key.
 * @example
 * @Use(apiKey({ keys: { billing: process.env['BILLING_KEY'] ?? '' } }))
 * @Controller('/invoices')
 * class InvoiceController {}
 */
export function apiKey(options: ApiKeyOptions): MiddlewareFunction {
  checkNames('apiKey()', options, NAMES);
  const header = options.header === false ? undefined : (options.header ?? 'X-Api-Key').toLowerCase();
  const { query } = options;
  if (header === undefined && query === undefined) {
    throw optionMistake('apiKey()', 'a key can come from nowhere', 'give the option `header` or `query`');
  }
  if (header !== undefined && !HEADER.test(header)) {
    throw optionMistake('apiKey() header', `${JSON.stringify(header)} is no name`, 'give one such as X-Api-Key');
  }
  if (query === '') throw optionMistake('apiKey() query', 'it is empty', 'give the name of a parameter');
  if (options.verify !== undefined && options.keys !== undefined) {
    throw optionMistake('apiKey()', 'its keys come from two places', 'give either `keys` or `verify`');
  }
  const verify = options.verify ?? staticVerifier(options.keys);
  return async (context, next) => {
    const key = keyOf(context, header, query);
    const name = key === undefined || key.length > MAX_KEY_LENGTH ? undefined : await verify(key, context);
    if (typeof name !== 'string' || name === '') throw refusal();
    setCaller(context, { by: 'api-key', id: name });
    return next();
  };
}

function keyOf(context: HttpContext, header: string | undefined, query: string | undefined): string | undefined {
  const sent = header === undefined ? undefined : context.headers[header];
  const key = sent ?? (query === undefined ? undefined : context.query[query]);
  return typeof key === 'string' ? key : undefined; // two keys are none
}

function staticVerifier(keys: ApiKeyOptions['keys'] = []): (key: string) => KeyVerdict {
  if (typeof keys !== 'object' || keys === null) {
    throw optionMistake('apiKey() keys', 'it is no list', 'give `[key]`, or `{ name: key }`');
  }
  const entries: readonly (readonly [name: string, key: unknown])[] = Array.isArray(keys)
    ? keys.map((key: unknown, index) => [String(index), key] as const)
    : Object.entries(keys);
  if (entries.length === 0) throw optionMistake('apiKey()', 'it has no keys', 'give the option `keys` or `verify`');
  const digests = entries.map(([name, key]) => {
    if (typeof key !== 'string' || key.length === 0) {
      const remedy = 'set the variable that it comes from: an empty key would let everybody in';
      throw optionMistake('apiKey()', `the key ${name} is empty or no string`, remedy);
    }
    return { name, digest: digestOf(key) };
  });
  return (key) => {
    const given = digestOf(key);
    let found: string | undefined;
    // All of them, whichever it is: the time does not tell.
    for (const { name, digest } of digests) if (sameDigest(given, digest)) found = name;
    return found;
  };
}

function refusal(): HttpError {
  // RFC 9110, section 11.6.1, asks for a challenge; this scheme is registered nowhere, and everybody understands it.
  return HttpError.unauthorized('send a valid API key', { headers: { 'WWW-Authenticate': 'ApiKey' } });
}
