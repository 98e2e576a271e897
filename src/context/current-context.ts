import { AsyncLocalStorage } from 'node:async_hooks';

import type { HttpContext } from './http-context.js';

/** Made only where an application asks for it: on Node 20 a running AsyncLocalStorage slows every promise of the process. */
let storage: AsyncLocalStorage<HttpContext> | undefined;

/** Turns `currentContext()` on for this process: option `currentContext`. */
export function enableCurrentContext(): AsyncLocalStorage<HttpContext> {
  return (storage ??= new AsyncLocalStorage());
}

/** The context of the request that is being handled; `undefined` where there is none or `currentContext` is off. */
export function contextIfAny(): HttpContext | undefined {
  return storage?.getStore();
}

/**
 * The context of the request that is being handled, anywhere below its handler, without passing it along.
 * It costs something on every request, so it is off unless the application says `currentContext: true`.
 *
 * @throws Error where it is off, or outside a request.
 */
export function currentContext(): HttpContext {
  if (storage === undefined) {
    throw new Error(
      'currentContext() is off: add `currentContext: true` to the options of start() or createApplication()',
    );
  }
  const context = storage.getStore();
  if (context === undefined) {
    throw new Error('currentContext() is called outside a request: call it below a handler or a middleware');
  }
  return context;
}
