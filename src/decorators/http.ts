import { methodRecordOf } from '../routing/route-records.js';
import type { HttpOptions, RouteMethod } from '../routing/route-options.js';
import type { HandlerDecorator, HttpHandler } from './handler-type.js';

/**
 * The method answers HTTP requests. Its first parameter is the event, read and validated by the parameter's class;
 * its second the context; its result becomes the response.
 *
 * @param method One method, several, or `'ALL'`. `HEAD` and `OPTIONS` are answered without being named.
 * @param path Segments, `:name` for a parameter, `*` alone at the end for the rest. Matched whole and case-sensitive; one
 * slash at the end is ignored.
 * @example
 * @Http('GET', '/:id')
 * async find(event: FindOrder) { return (await this.orders.get(event.id)) ?? HttpError.notFound(`order ${event.id}`); }
 */
export function Http(
  method: RouteMethod | readonly RouteMethod[] | 'ALL',
  path: string,
  options: HttpOptions = {},
): HandlerDecorator<HttpHandler> {
  // A string is no array, but its type narrows only through Array.isArray's looser signature.
  const methods = typeof method === 'string' ? (method === 'ALL' ? 'ALL' : [method]) : method;
  return (target, name) => {
    methodRecordOf(target, name).handlers.push({ protocol: 'http', methods, path, options });
  };
}
