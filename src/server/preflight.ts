import type { Layer } from './endpoint.js';
import type { Exchange } from './exchange.js';

/**
 * The layers that answer a CORS preflight (https://fetch.spec.whatwg.org/#cors-preflight-request): of the route that
 * the request to come would match, those that judge other origins. They alone, as a preflight carries no credentials
 * that a guard could accept, and nothing but the policy comes back. `undefined`: no preflight, or nobody judges it.
 */
export function preflightLayersOf(exchange: Exchange): readonly Layer[] | undefined {
  const { request, service, context } = exchange;
  const { method, url = '/', headers } = request;
  const wanted = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || wanted === undefined || headers.origin === undefined || url === '*') return undefined;
  const target = service.requests.match(wanted, url)?.endpoint;
  const layers = target === undefined ? service.preflightLayers : target.preflightLayers;
  if (layers.length === 0) return undefined;
  if (target?.perRequest === true) exchange.scope ??= service.injector.openScope(context);
  return layers;
}
