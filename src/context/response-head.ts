import { type SerializeOptions, serialize } from './set-cookie.js';

/**
 * Status, headers and cookies that a handler or a middleware sets beforehand (`context.response`); the handler's result
 * then gives the body. What the result itself says (an integration response, a web `Response`) comes after and wins.
 *
 * @example
 * context.response.status = 202;
 * context.response.setHeader('Location', `/jobs/${job.id}`);
 * context.response.setCookie('seen', '1', { httpOnly: true, maxAge: 3600 });
 */
export class ResponseHead {
  #status: number | undefined;
  readonly #headers = new Map<string, { name: string; value: string | string[] }>();

  /** The status of a successful answer. `undefined`: the route's own, else 200, or 204 without a body. */
  get status(): number | undefined {
    return this.#status;
  }

  /** A number from 200 to 599; anything else is a `RangeError`. */
  set status(status: number | undefined) {
    if (status !== undefined && (!Number.isInteger(status) || status < 200 || status > 599)) {
      throw new RangeError(`response.status is a number from 200 to 599, not ${String(status)}`);
    }
    this.#status = status;
  }

  /** Every header set so far: name as given, value. */
  get headers(): readonly (readonly [name: string, value: string | string[]])[] {
    return [...this.#headers.values()].map(({ name, value }) => [name, value] as const);
  }

  /** The value of a header, its name in any case. */
  getHeader(name: string): string | string[] | undefined {
    return this.#headers.get(name.toLowerCase())?.value;
  }

  /** Sets a header and forgets what it was before. */
  setHeader(name: string, value: string | number | readonly string[]): this {
    this.#headers.set(name.toLowerCase(), { name, value: typeof value === 'object' ? [...value] : String(value) });
    return this;
  }

  /** Adds one more value to a header. */
  appendHeader(name: string, value: string): this {
    const before = this.getHeader(name);
    return this.setHeader(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]);
  }

  removeHeader(name: string): this {
    this.#headers.delete(name.toLowerCase());
    return this;
  }

  /**
   * Adds a `Set-Cookie` header (RFC 6265). Defaults: `Path=/`, nothing else; say `httpOnly`, `secure` and `sameSite`
   * for what holds a session. A name or value that a cookie cannot hold is a `TypeError`.
   */
  setCookie(name: string, value: string, options: SerializeOptions = {}): this {
    return this.appendHeader('Set-Cookie', serialize(name, value, options));
  }

  /** Tells the client to forget a cookie. `path` and `domain` must be as they were when it was set. */
  clearCookie(name: string, options: Pick<SerializeOptions, 'path' | 'domain'> = {}): this {
    return this.setCookie(name, '', { ...options, maxAge: 0 });
  }
}
