import type { HttpContext } from './http-context.js';

/** Goes on to the next middleware and at last to the handler; resolves to the handler's result. Call it once at most. */
export type Next = () => Promise<unknown>;

/**
 * One layer around a handler. It may answer by itself (return without calling `next`), change the result, or throw.
 * It wraps HTTP handlers, the set-up of event streams and WebSocket upgrades alike.
 *
 * @example
 * const timed: MiddlewareFunction = async (context, next) => {
 *   const start = performance.now();
 *   const result = await next();
 *   context.response.setHeader('Server-Timing', `app;dur=${performance.now() - start}`);
 *   return result;
 * };
 */
export type MiddlewareFunction = (context: HttpContext, next: Next) => unknown;

/** A middleware as a class: injectable, its constructor filled like a controller's. */
export interface MiddlewareHandler {
  handle(context: HttpContext, next: Next): unknown;
}

/** A class of middleware. Its constructor's parameters are the container's affair, so any are allowed. */
export type MiddlewareClass = new (...dependencies: never[]) => MiddlewareHandler;

/** What `@Use` and the option `use` take. */
export type Middleware = MiddlewareFunction | MiddlewareClass;

/** Whether a middleware is a class, by the method that the type asks for. */
export function isMiddlewareClass(middleware: Middleware): middleware is MiddlewareClass {
  const prototype = middleware.prototype as { handle?: unknown } | undefined;
  return typeof prototype?.handle === 'function';
}
