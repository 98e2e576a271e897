/**
 * Keys of secrets, compared in lower case and without `-` and `_`: headers in which the platforms put credentials
 * (SCF: `X-Cloudbase-Context`, `X-Scf-Secret-*`, `X-Scf-Session-Token`; FC: `x-fc-access-key-*`, `x-fc-security-token`),
 * those of HTTP itself, and what people call their secrets. `tokens`, `maxTokens` and the like count things.
 */
const SECRET_KEYS =
  /^(?:(?:proxy)?authorization|(?:set)?cookies?|xcloudbasecontext|xscfsecret.*|xfcaccesskey.*|accesskey(?:id|secret)?|credentials?|pwd)$|(?:password|passwd|passphrase|passcode|token|secret|secretid|secretkey|apikey|privatekey)$/;

/** Keys whose kind is remembered: a log has few, and one that writes keys of a client's must not grow for ever. */
const MAX_REMEMBERED = 2000;

/** Tells which fields of a log entry are secret, by their keys and by paths. */
export class Redactor {
  readonly #keys: ReadonlySet<string>;
  readonly #paths: readonly (readonly string[])[];
  readonly #lastOfPaths: ReadonlySet<string>;
  readonly #remembered = new Map<string, boolean>();

  /**
   * @param more secrets beside the usual ones: a key (`nationalId`, anywhere, however it is written) or a path from the
   * top of the entry with dots, where `*` is any one key (`user.email`, `orders.*.card`). Option `redact`.
   */
  constructor(more: readonly string[] = []) {
    this.#keys = new Set(more.filter((name) => !name.includes('.')).map(plain));
    this.#paths = more.filter((name) => name.includes('.')).map((path) => path.split('.'));
    this.#lastOfPaths = new Set(this.#paths.map((path) => path.at(-1) ?? ''));
  }

  /** Whether a key is that of a secret, wherever it stands. */
  isSecret(key: string): boolean {
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const name = plain(key);
    const secret = SECRET_KEYS.test(name) || this.#keys.has(name);
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(key, secret);
    return secret;
  }

  /** Whether a key may be that of a secret: by itself, or as the end of a path. */
  mayHide(key: string): boolean {
    return this.isSecret(key) || this.#lastOfPaths.has(key) || this.#lastOfPaths.has('*');
  }

  get hasPaths(): boolean {
    return this.#paths.length > 0;
  }

  /** Whether one of the paths is this one. */
  isSecretPath(path: readonly string[]): boolean {
    return this.#paths.some(
      (secret) => secret.length === path.length && secret.every((key, at) => key === '*' || key === path[at]),
    );
  }
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '');
}
