import { methodRecordOf } from '../routing/route-records.js';
import type { SseRouteOptions } from '../routing/route-options.js';
import type { HandlerDecorator, SseHandler } from './handler-type.js';

/**
 * The method answers with a stream of Server-Sent Events: it yields them (an async generator), returns something to
 * iterate, or writes them by `context.sse()`.
 *
 * @example
 * @Sse('/:id/progress')
 * async *progress(event: FindOrder, context: SseContext) {
 *   for await (const step of this.orders.watch(event.id, context.signal)) yield { event: 'step', id: step.seq, data: step };
 * }
 */
export function Sse(path: string, options: SseRouteOptions = {}): HandlerDecorator<SseHandler> {
  return (target, name) => {
    methodRecordOf(target, name).handlers.push({ protocol: 'sse', path, options });
  };
}
