import { HttpError } from '../errors/http-error.js';
import { methodNotAllowed } from '../routing/route.js';
import type { Exchange } from './exchange.js';
import type { IntegrationResponse } from './result.js';

const ALL_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** As projects of plain functions have always answered. */
const NOT_FOUND: IntegrationResponse = {
  statusCode: 404,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body: 'Not Found',
};

/** A request that no route matches: `OPTIONS` is answered from the route table, another method is 405, a path 404. */
export function answerUnmatched({ service, request }: Exchange): IntegrationResponse {
  const { method, url = '/' } = request;
  // `OPTIONS *` asks about the server as a whole (RFC 9110, section 9.3.7).
  const allow = url === '*' ? ALL_METHODS : service.requests.allowed(url) || (service.functions?.allowed(url) ?? '');
  if (allow === '') {
    if (service.sockets.allowed(url) !== '') {
      throw HttpError.of('UPGRADE_REQUIRED', undefined, { headers: { Upgrade: 'websocket' } });
    }
    if (service.functions?.form !== undefined) return NOT_FOUND;
    throw HttpError.of('NOT_FOUND', 'no route has this path');
  }
  if (method === 'OPTIONS') return { statusCode: 204, headers: { Allow: allow } };
  throw methodNotAllowed(allow);
}
