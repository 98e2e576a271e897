import findMyWay from 'find-my-way';

import { HttpError } from '../errors/http-error.js';
import type { PathParameters } from '../context/http-context.js';
import { ROUTE_METHODS, type RouteMethod } from './route-options.js';

/** What answers a request, and the values of its path's parameters. */
export interface Match<Endpoint> {
  readonly endpoint: Endpoint;
  readonly params: PathParameters;
}

// A character that must be percent-encoded in a URL (RFC 3986, section 2): node hands on raw bytes as latin1.
const RAW_BYTE = /[^\x21-\x7e]/;

/** The parameters of a path that has none. */
export const NO_PARAMETERS: PathParameters = Object.freeze(Object.create(null) as PathParameters);

/** A path that matches nothing but itself. */
const LITERAL_PATH = /^[\w/.-]+$/;

/** Matches method and path. The tree is find-my-way's; this says what its answers mean here. */
export class Router<Endpoint extends object> {
  readonly #tree = findMyWay({
    ignoreTrailingSlash: true,
    // A parameter is as long as the URL may be: the limit on the URL comes first.
    maxParamLength: Number.MAX_SAFE_INTEGER,
    // The query is read only where it is asked for.
    querystringParser: () => null,
    onBadUrl: noop,
  });

  /**
   * By method and URL: what the tree would answer to paths that stand there as they are asked for, as it puts such
   * before all others. To find them here takes a tenth of the time.
   */
  readonly #literal = new Map<string, Map<string, Match<Endpoint>>>();

  /** @throws Error where find-my-way refuses the path; the route table has found conflicts before. */
  add(methods: readonly RouteMethod[], path: string, endpoint: Endpoint): void {
    this.#tree.on([...methods], path, noop, endpoint);
    if (!LITERAL_PATH.test(path)) return;
    for (const method of methods) {
      const paths = this.#literal.get(method) ?? new Map<string, Match<Endpoint>>();
      this.#literal.set(method, paths.set(path, { endpoint, params: NO_PARAMETERS }));
    }
  }

  /**
   * The endpoint for a method and URL, `HEAD` answered from `GET` where it has none of its own.
   * `undefined`: nothing answers it; `allowed` then tells whether the path answers other methods.
   * @throws HttpError 400 where the path cannot be decoded.
   */
  match(method: string, url: string): Match<Endpoint> | undefined {
    const literal = this.#literal.get(method)?.get(url);
    if (literal !== undefined) return literal;
    if (RAW_BYTE.test(url))
      throw HttpError.of('MALFORMED_URL', 'a URL holds printable ASCII only: percent-encode the rest');
    // find-my-way knows every method of the table and answers null to all others.
    let found = this.#tree.find(method as RouteMethod, url);
    if (found === null && method === 'HEAD') found = this.#tree.find('GET', url);
    if (found === null) return undefined;
    const { store, params } = found as unknown as FoundRoute<Endpoint>;
    if (store === null) throw HttpError.of('MALFORMED_URL', 'the path holds a percent sign that encodes nothing');
    let hasParameters = false;
    for (const name in params) {
      hasParameters = true;
      // A NUL ends a string wherever C is below: no path that a person means holds one.
      if (params[name]?.includes('\0')) throw HttpError.of('MALFORMED_URL', 'the path holds a NUL');
    }
    // One for all requests that have none: an idle connection keeps it.
    return { endpoint: store, params: hasParameters ? params : NO_PARAMETERS };
  }

  /** The `Allow` header of a path: every method that it answers, `HEAD` and `OPTIONS` included; empty: an unknown path. */
  allowed(url: string): string {
    const methods = ROUTE_METHODS.filter((method) => {
      const found = this.#tree.find(method, url);
      return found !== null && found.store !== null;
    });
    if (methods.length === 0) return '';
    const all = new Set<string>(methods);
    if (all.has('GET')) all.add('HEAD');
    all.add('OPTIONS');
    return [...all].join(', ');
  }
}

/** What `find` really returns: its declared type says that params is an array and leaves the store's type open. */
interface FoundRoute<Endpoint> {
  readonly store: Endpoint | null;
  readonly params: PathParameters;
}

function noop(): undefined {
  return undefined;
}
