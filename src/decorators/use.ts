import type { Middleware } from '../context/middleware.js';
import { StartupError, type StartupMistake } from '../errors/startup-error.js';
import { methodRecordOf, recordOf } from '../routing/route-records.js';

/**
 * Puts middleware around every route of a class, or around one method; outermost first.
 * The order of all: application, controller, method.
 *
 * @example
 * @Use(ApiKey)
 * @Controller('/uploads')
 * export class UploadController {}
 */
export function Use(
  ...middleware: readonly Middleware[]
): (target: object, name?: string, descriptor?: PropertyDescriptor) => void {
  // `@Use` without its parentheses is called with the method itself, which would be lost without a word.
  const [decorated, method] = middleware as readonly unknown[];
  if (typeof method === 'string') throw new StartupError([bareUse(decorated, method)]);
  return (target, name) => {
    // Decorators run from the bottom up: what stands above comes later and is further out.
    if (name !== undefined) methodRecordOf(target, name).use.unshift(...middleware);
    else recordOf((target as { prototype: object }).prototype).use.unshift(...middleware);
  };
}

function bareUse(decorated: unknown, method: string): StartupMistake {
  // A decorated method's first argument is its class's prototype.
  const { constructor } = decorated as { constructor: { name: string } };
  return {
    where: `${constructor.name}.${method}`,
    problem: '@Use stands there without its parentheses',
    remedy: 'write @Use(middleware)',
  };
}
