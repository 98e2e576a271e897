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
export interface MiddlewareFunction extends CrossOriginJudge {
  (context: HttpContext, next: Next): unknown;
}

/** What a middleware function, or a class of middleware as a static member, may say of itself. */
export interface CrossOriginJudge {
  /**
   * It judges requests from other origins, as `cors()` does. So it is asked about the CORS preflights for the routes
   * that it stands around, without the guards beside it, as a preflight carries no credentials; and where it stands
   * around a WebSocket, the server's own origin rule is left to it.
   */
  readonly crossOrigin?: boolean;
}

/** A middleware as a class: injectable, its constructor filled like a controller's. */
export interface MiddlewareHandler {
  handle(context: HttpContext, next: Next): unknown;
}

/** A class of middleware. Its constructor's parameters are the container's affair, so any are allowed. */
export interface MiddlewareClass extends CrossOriginJudge {
  new (...dependencies: never[]): MiddlewareHandler;
}

/** What `@Use` and the option `use` take. */
export type Middleware = MiddlewareFunction | MiddlewareClass;

/** Whether a middleware is a class, by the method that the type asks for. */
export function isMiddlewareClass(middleware: Middleware): middleware is MiddlewareClass {
  const prototype = middleware.prototype as { handle?: unknown } | undefined;
  return typeof prototype?.handle === 'function';
}
