import type { HttpContext } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import { checkNames, optionMistake } from './option-mistake.js';
import { isForEverybody, type OriginRule, originTest } from './origin-rule.js';
import { isSameOrigin } from './same-origin.js';

/** Methods that change nothing (RFC 9110, section 9.2.1), and so are of no use to a page that cannot read the answer. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export interface CsrfOptions {
  /** Other origins whose pages may send such requests. Default: none but the own. */
  origins?: OriginRule | readonly OriginRule[];
}

/**
 * Refuses what a foreign page makes a browser send in its visitor's name (cross-site request forgery) with 403
 * `ORIGIN_REFUSED`: requests by methods that change something, event streams by such methods, and WebSocket upgrades.
 * Put it around everything that knows its callers by cookies or by `basicAuth()`.
 *
 * It goes by what browsers say and no page can forge: `Sec-Fetch-Site`, else `Origin`. Every browser sends one of them
 * since 2020, so there is no token to carry about. A request with neither is not a browser's; one that has cookies all
 * the same is refused, and a program that means it sends an `Origin`.
 *
 * @throws StartupError for texts that are no origins.
 * @example
 * start({ controllers, use: [csrf({ origins: ['https://admin.example.com'] })] });
 */
export function csrf(options: CsrfOptions = {}): MiddlewareFunction {
  checkNames('csrf()', options, { origins: true });
  const { origins = [] } = options;
  if (isForEverybody(origins)) {
    throw optionMistake('csrf() origins', 'everybody’s pages (*, null) would be let through', 'list the origins');
  }
  const test = originTest('csrf() origins', origins);
  return async (context, next) => {
    const unsafe = context.eventType === 'websocket.upgrade' || !SAFE.has(context.method);
    if (unsafe && !isFromHere(context)) {
      const { origin } = context.headers;
      if (origin === undefined || !(await test(origin, context))) throw refusal();
    }
    return next();
  };
}

/** Whether it comes from a page of this server, from the user directly, or from no browser. */
function isFromHere(context: HttpContext): boolean {
  const { origin, cookie, 'sec-fetch-site': site } = context.headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin !== undefined) return isSameOrigin(origin, context);
  return cookie === undefined;
}

function refusal(): HttpError {
  return HttpError.of('ORIGIN_REFUSED', 'the request comes from a page of another origin');
}
