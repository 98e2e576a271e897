import type { Logger } from '../telemetry/log.js';
import { optionMistake } from './option-mistake.js';
import { candidates, keysOfSet, type VerificationKey } from './verification-key.js';

/** How long the issuer has to send its keys. */
const FETCH_TIMEOUT_MS = 5000;

/** A set of keys is a few kilobytes. */
const MAX_SET_BYTES = 512 * 1024;

/** After a failure it is tried again sooner than after a success. */
const RETRY_MS = 5000;

/** There are no keys, and at present none are to be had: nobody can say whether a token is good. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

export interface RemoteKeysOptions {
  readonly url: string | URL;
  /** Milliseconds for which keys are taken as they are. */
  readonly maxAgeMs: number;
  /** Milliseconds between two fetches, however many tokens name keys that nobody has heard of. */
  readonly cooldownMs: number;
}

/** The keys of an issuer that publishes them at a URL (JWKS), fetched when the first token comes. */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  readonly #url: URL;
  #keys: readonly VerificationKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failure: unknown;
  #fetching: Promise<void> | undefined;

  /** @throws StartupError for a URL that is none, or that anybody on the way could answer for. */
  constructor(options: RemoteKeysOptions) {
    this.#options = options;
    this.#url = checkUrl(options.url);
  }

  /**
   * The keys that may have signed a token. An unknown key id, or keys past their age, have the set fetched anew, but not
   * more often than the cooldown allows; where that fails, the keys that are there go on. While it is known to fail, who
   * names a known key does not wait for it: an issuer that hangs would hold up everybody for as long as it may take.
   * @throws KeysUnavailable where it can be told neither from keys nor from their absence.
   */
  async find(algorithm: string, kid: string | undefined, log: Logger): Promise<readonly VerificationKey[]> {
    if (performance.now() - this.#fetchedAt >= this.#options.maxAgeMs) {
      const fresh = this.#refresh(log); // it never rejects
      if (this.#failure === undefined || candidates(this.#keys, algorithm, kid).length === 0) await fresh;
    }
    const known = candidates(this.#keys, algorithm, kid);
    if (known.length > 0) return known;
    await this.#refresh(log);
    const found = candidates(this.#keys, algorithm, kid);
    if (found.length === 0 && this.#failure !== undefined) {
      throw new KeysUnavailable('the keys of the issuer cannot be fetched', { cause: this.#failure });
    }
    return found;
  }

  /** One fetch for all who wait for it. */
  async #refresh(log: Logger): Promise<void> {
    const { cooldownMs } = this.#options;
    const waitMs = this.#failure === undefined ? cooldownMs : Math.min(cooldownMs, RETRY_MS);
    if (this.#fetching === undefined) {
      if (performance.now() - this.#triedAt < waitMs) return;
      this.#fetching = this.#fetch(log).finally(() => (this.#fetching = undefined));
    }
    await this.#fetching;
  }

  async #fetch(log: Logger): Promise<void> {
    try {
      const keys = keysOfSet(JSON.parse(await download(this.#url)));
      if (keys.length === 0) throw new Error('the answer holds no key that could verify a token');
      this.#keys = keys;
      this.#fetchedAt = performance.now();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
      const { origin, pathname } = this.#url; // without its query, which may hold a secret
      log.warn({ err: error, url: `${origin}${pathname}` }, 'the keys of a token’s issuer could not be fetched');
    } finally {
      this.#triedAt = performance.now();
    }
  }
}

function checkUrl(text: string | URL): URL {
  const remedy = 'give the https URL of the issuer’s key set';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw optionMistake('jwt() jwksUrl', `${JSON.stringify(text)} is no URL`, remedy);
  }
  if (url.username !== '' || url.password !== '') {
    throw optionMistake('jwt() jwksUrl', 'it holds a name or a password, which fetch() does not send', remedy);
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return url;
  throw optionMistake('jwt() jwksUrl', `${url.href} is not https: whoever is on the way could send keys`, remedy);
}

/** Reads no more than a set of keys can be, in the time it may take, from nowhere else. */
async function download(url: URL): Promise<string> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const response = await fetch(url, { redirect: 'error', signal, headers: { Accept: 'application/json' } });
  const { body } = response;
  if (response.status !== 200 || body === null) {
    await body?.cancel();
    throw new Error(`the answer is ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_SET_BYTES) throw new Error(`the answer is longer than ${MAX_SET_BYTES} bytes`); // this cancels the rest
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
