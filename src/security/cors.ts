import type { HttpContext } from '../context/http-context.js';
import type { MiddlewareFunction, Next } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import { checkNames, checkWhole, optionMistake } from './option-mistake.js';
import { isForEverybody, type OriginRule, type OriginTest, originTest } from './origin-rule.js';
import { isSameOrigin } from './same-origin.js';

/** A comma-separated list of header names (RFC 9110, section 5.6.1). */
const NAMES = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;
const MAX_NAMES = 2048;

export interface CorsOptions {
  /**
   * Whose pages may read answers and open WebSockets: one rule or several; `'*'`: everybody's, and `'null'`: those of
   * sandboxed frames, which are everybody's too; both without credentials.
   */
  origins: OriginRule | readonly OriginRule[];
  /** Whether their requests may carry cookies and passwords. Default `false`; never together with `'*'` or `'null'`. */
  credentials?: boolean;
  /** Methods that a page may use. Default GET, HEAD, POST, PUT, PATCH, DELETE. */
  methods?: readonly string[];
  /** Headers that a page may send. Default: those that it asks for. */
  allowedHeaders?: readonly string[];
  /** Headers of answers that a page may read, beside the few that it always may. Default: none. */
  exposedHeaders?: readonly string[];
  /** For how many seconds a browser may keep the answer to a preflight. Default 600. */
  maxAgeSeconds?: number;
}

const OPTIONS: Readonly<Record<keyof CorsOptions, true>> = {
  origins: true,
  credentials: true,
  methods: true,
  allowedHeaders: true,
  exposedHeaders: true,
  maxAgeSeconds: true,
};

/** Headers that are decided once. */
interface Policy {
  readonly everybody: boolean;
  readonly test: OriginTest;
  readonly credentials: boolean;
  readonly methods: string;
  readonly allowedHeaders: string | undefined;
  readonly exposedHeaders: string | undefined;
  readonly maxAge: string;
}

/**
 * Lets pages of other origins read the answers (https://fetch.spec.whatwg.org/#http-cors-protocol), errors and event
 * streams included, and open WebSockets. It answers the preflights of the routes that it stands around, whatever guards
 * stand beside it. Put it outermost, so that the answers of the others can be read too.
 *
 * To a page that is not allowed the answer is simply not readable; a WebSocket, whose messages no browser keeps from a
 * page, is refused with 403 `ORIGIN_REFUSED`, also one with cookies where `credentials` is not set.
 *
 * @throws StartupError for everybody with credentials, and for texts that are no origins.
 * @example
 * start({ controllers, use: [cors({ origins: ['https://app.example.com', '*.preview.example.com'], credentials: true })] });
 */
export function cors(options: CorsOptions): MiddlewareFunction {
  const policy = policyOf(options);
  const middleware = async (context: HttpContext, next: Next): Promise<unknown> => {
    const { origin } = context.headers;
    const allowed = origin !== undefined && (policy.everybody || (await policy.test(origin, context)));
    if (context.eventType === 'websocket.upgrade') {
      checkUpgrade(context, origin, allowed, policy.credentials);
      return next();
    }
    if (!policy.everybody) vary(context, 'Origin');
    if (allowed) allow(context, origin, policy);
    if (isPreflight(context)) return answerPreflight(context, allowed, policy);
    try {
      return await next();
    } finally {
      // A handler may have set a `Vary` of its own. Without ours a cache would give one origin's answer to another.
      if (!policy.everybody) vary(context, 'Origin');
    }
  };
  return Object.assign(middleware, { crossOrigin: true });
}

function policyOf(options: CorsOptions): Policy {
  checkNames('cors()', options, OPTIONS);
  const { origins, credentials = false, methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] } = options;
  const everybody = origins === '*' || (Array.isArray(origins) && origins.includes('*'));
  if (credentials && isForEverybody(origins)) {
    const problem = 'everybody’s pages (*, null) are allowed with credentials: each could act in its visitor’s name';
    throw optionMistake('cors()', problem, 'list the origins, or leave `credentials` out');
  }
  return {
    everybody,
    test: everybody ? () => true : originTest('cors() origins', origins),
    credentials,
    methods: listOf('methods', methods) ?? '',
    allowedHeaders: listOf('allowedHeaders', options.allowedHeaders),
    exposedHeaders: listOf('exposedHeaders', options.exposedHeaders),
    maxAge: String(checkWhole('cors() maxAgeSeconds', options.maxAgeSeconds ?? 600, 0)),
  };
}

function listOf(option: string, names: readonly string[] | undefined): string | undefined {
  if (names === undefined || names.length === 0) return undefined;
  const list = names.join(', ');
  if (NAMES.test(list)) return list;
  throw optionMistake(`cors() ${option}`, `${JSON.stringify(list)} are no names`, 'give one name an entry');
}

function checkUpgrade(context: HttpContext, origin: string | undefined, allowed: boolean, credentials: boolean): void {
  if (origin === undefined || isSameOrigin(origin, context)) return;
  const { cookie, authorization } = context.headers;
  if (allowed && (credentials || (cookie === undefined && authorization === undefined))) return;
  throw HttpError.of('ORIGIN_REFUSED', allowed ? 'this origin may not send credentials' : undefined);
}

function isPreflight({ method, headers }: HttpContext): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;
}

function allow({ response }: HttpContext, origin: string, policy: Policy): void {
  response.setHeader('Access-Control-Allow-Origin', policy.everybody ? '*' : origin);
  if (policy.credentials) response.setHeader('Access-Control-Allow-Credentials', 'true');
  if (policy.exposedHeaders !== undefined) {
    response.setHeader('Access-Control-Expose-Headers', policy.exposedHeaders);
  }
}

function answerPreflight(context: HttpContext, allowed: boolean, policy: Policy): unknown {
  const { response, headers } = context;
  if (policy.allowedHeaders === undefined) vary(context, 'Access-Control-Request-Headers');
  if (!allowed) return { statusCode: 204, headers: {} };
  response.setHeader('Access-Control-Allow-Methods', policy.methods);
  const names = policy.allowedHeaders ?? headers['access-control-request-headers'] ?? '';
  if (typeof names === 'string' && names.length <= MAX_NAMES && NAMES.test(names)) {
    response.setHeader('Access-Control-Allow-Headers', names);
  }
  response.setHeader('Access-Control-Max-Age', policy.maxAge);
  return { statusCode: 204, headers: {} };
}

/** Says that the answer depends on a header, once. */
function vary({ response }: HttpContext, header: string): void {
  const present = [response.getHeader('Vary') ?? []].flat().join(', ');
  const names = present.split(',').map((name) => name.trim().toLowerCase());
  if (names.includes('*') || names.includes(header.toLowerCase())) return;
  response.setHeader('Vary', present === '' ? header : `${present}, ${header}`);
}
