import type { ProxiedRequest } from '../context/client-address.js';
import { type ContextSettings, type ContextState, type HttpContext, setDeadline } from '../context/http-context.js';
import { createLogger, type Logger } from '../telemetry/log.js';

/** What a fake context is made of. Everything has a default: `GET /` without anything, no deadline, no log. */
export interface FakeContextInit<State extends object = ContextState> {
  /** Default `GET`. */
  method?: string;
  /** Path with or without a query, or a full URL, whose host becomes the `Host` header. Default `/`. */
  url?: string;
  /** Names in any case. Several values of one name are joined as node joins them. */
  headers?: Record<string, string | readonly string[]>;
  /** The path's parameters, as the router would have found them. */
  params?: Record<string, string>;
  /** Added to the query of `url`. */
  query?: Record<string, string | readonly string[]>;
  /** Added to the `Cookie` header. */
  cookies?: Record<string, string>;
  /** Default `127.0.0.1`. */
  ip?: string;
  /** At most 128 letters, digits and `_.:@/+=-`, as of a real request. Default: a new one. */
  requestId?: string;
  /** What middleware would have left. */
  state?: NoInfer<Partial<State>>;
  /** Default: nothing is written. */
  log?: Logger;
  /** When the request is cut, in milliseconds since the epoch. Default: never. */
  deadline?: number;
}

const SILENT = createLogger({ level: 'silent', format: 'json' });

/** How a fake context is told its request's id: the way that platforms do it. */
const REQUEST_ID_HEADER = 'x-request-id';

/** Why a fake context's signal is aborted when the test does not say. */
export class ClientLeft extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('the client has left');
  }
}

/** The request that a context is built on, written out as node would have parsed it. */
export function fakeRequest(init: FakeContextInit<object>): ProxiedRequest {
  const { method = 'GET', requestId, cookies, ip = '127.0.0.1' } = init;
  const { host, target } = splitUrl(init.url ?? '/');
  const headers: Record<string, string | string[]> = {};
  if (host !== undefined) headers['host'] = host;
  for (const [name, values] of linesOf(init.headers ?? {})) headers[name] = joined(name, values);
  if (requestId !== undefined) headers[REQUEST_ID_HEADER] = requestId;
  if (cookies !== undefined) {
    const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const given = headers['cookie'];
    headers['cookie'] = [...(typeof given === 'string' ? [given] : []), ...pairs].join('; ');
  }
  return { method, url: withQuery(target, init.query), headers, socket: { remoteAddress: ip } };
}

export function fakeSettings({ log = SILENT }: FakeContextInit<object>): ContextSettings {
  return { log, requestIdHeaders: [REQUEST_ID_HEADER], trustProxy: false, extendedContextKey: '' };
}

/**
 * Gives a context what its constructor does not take.
 * @throws TypeError for a `requestId` that no real request could have.
 */
export function furnish(context: HttpContext<object>, { requestId, state, deadline }: FakeContextInit<object>): void {
  if (requestId !== undefined && context.requestId !== requestId) {
    throw new TypeError(`requestId ${JSON.stringify(requestId)}: at most 128 letters, digits and _.:@/+=-`);
  }
  if (state !== undefined) Object.assign(context.state, state);
  if (deadline !== undefined) setDeadline(context, deadline);
}

/** A path with more parameters in its query. */
export function withQuery(path: string, query: TestQuery | undefined): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`),
  );
  if (pairs.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

type QueryValue = string | number | boolean;

/** Parameters of a query; a list is one parameter given several times. */
export type TestQuery = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

function splitUrl(url: string): { host: string | undefined; target: string } {
  const match = /^https?:\/\/([^/?#]*)/i.exec(url);
  if (match === null) return { host: undefined, target: url };
  const rest = url.slice(match[0].length);
  return { host: match[1], target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** The lines of each header: its name may be given several times, in other cases. */
function linesOf(headers: Readonly<Record<string, string | readonly string[]>>): Map<string, readonly string[]> {
  const lines = new Map<string, readonly string[]>();
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    lines.set(name, [...(lines.get(name) ?? []), ...[value].flat()]);
  }
  return lines;
}

/** Headers of which only the first line counts. */
const SINGLE = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

/** As node's parser joins a header's lines (nodejs.org, http: `message.headers`). */
function joined(name: string, lines: readonly string[]): string | string[] {
  if (name === 'set-cookie') return [...lines];
  if (SINGLE.has(name)) return lines[0] ?? '';
  return lines.join(name === 'cookie' ? '; ' : ', ');
}
