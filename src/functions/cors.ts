import type { HttpContext } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';

/** A page of the developer's own machine. */
const LOCAL = ['localhost', '127.0.0.1'];

/** Seconds that a browser may keep a preflight's answer. */
const MAX_AGE = '10';

/**
 * Lets pages of other origins call (option `enableCors`): those of this machine and of the allowed hosts, any scheme and
 * port. A host that is named may send credentials; one that only `*` allows may not, as a wildcard stands for anybody.
 *
 * @param hosts `app.example.com`, `*.example.com` for all below it, `*` for all.
 */
export function cors(hosts: readonly string[]): MiddlewareFunction {
  const patterns = [...LOCAL, ...hosts.map((host) => host.toLowerCase())];
  return (context, next) => {
    const { origin } = context.headers;
    context.response.appendHeader('Vary', 'Origin');
    const host = hostOf(origin);
    const named = host !== undefined && patterns.some((pattern) => isHost(host, pattern));
    if (origin === undefined || !(named || patterns.includes('*'))) return next();
    context.response.setHeader('Access-Control-Allow-Origin', origin);
    if (named) context.response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (!isPreflight(context)) {
      context.response.setHeader('Access-Control-Expose-Headers', hasCredentials(context) ? 'X-Request-Id' : '*');
      return next();
    }
    return answerPreflight(context);
  };
}

/** A preflight is answered here: the function never hears of it (Fetch, section 3.3). */
function answerPreflight({ headers, response }: HttpContext): { statusCode: number; headers: Record<string, string> } {
  const method = headers['access-control-request-method'];
  response.setHeader('Access-Control-Allow-Methods', typeof method === 'string' ? method : '*');
  const asked = headers['access-control-request-headers'];
  if (typeof asked === 'string') {
    response.setHeader('Access-Control-Allow-Headers', asked);
    response.appendHeader('Vary', 'Access-Control-Request-Headers');
  }
  response.setHeader('Access-Control-Max-Age', MAX_AGE);
  return { statusCode: 204, headers: {} };
}

function isPreflight({ method, headers }: HttpContext): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** With credentials `*` would mean a header of this name (Fetch, section 3.3.3), and there is no way to name all. */
function hasCredentials({ headers }: HttpContext): boolean {
  return headers.cookie !== undefined || headers.authorization !== undefined;
}

function isHost(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function hostOf(origin: string | undefined): string | undefined {
  if (origin === undefined || origin === 'null') return undefined;
  try {
    return new URL(origin).hostname;
  } catch {
    return undefined;
  }
}
