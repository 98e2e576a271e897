import type { Middleware } from '../context/middleware.js';
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
  return (target, name) => {
    // Decorators run from the bottom up: what stands above comes later and is further out.
    if (name !== undefined) methodRecordOf(target, name).use.unshift(...middleware);
    else recordOf((target as { prototype: object }).prototype).use.unshift(...middleware);
  };
}
