import { recordOf } from '../routing/route-records.js';
import type { Class, ControllerOptions } from '../routing/route-options.js';

/**
 * Marks a class as a controller and gives the prefix of its routes' paths. Its constructor is filled by the container.
 *
 * @example
 * @Controller('/orders', { tags: ['orders'] })
 * export class OrderController {
 *   constructor(private readonly orders: OrderRepository) {}
 * }
 */
export function Controller(prefix = '', options: ControllerOptions = {}): (target: Class) => void {
  const site = new Error('decorated here');
  return (target) => {
    const record = recordOf(target.prototype as object);
    record.prefix = prefix;
    record.options = options;
    record.site = site;
  };
}
