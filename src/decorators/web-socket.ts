import { methodRecordOf } from '../routing/route-records.js';
import type { WebSocketOptions } from '../routing/route-options.js';
import type { HandlerDecorator, UpgradeHandler, WebSocketHandler } from './handler-type.js';

/**
 * The method is called for one moment of the WebSocket connections of a path: `upgrade`, `open`, `message` (the
 * default; with `type` only for messages whose `type` field has that value), `close` or `error`.
 *
 * @example
 * @WebSocket('/:room', { type: 'typing' })
 * typing(message: Typing, context: WebSocketContext) { context.ws.to(context.params.room).send(message); }
 */
export function WebSocket(
  path: string,
  options: WebSocketOptions & { on: 'upgrade' },
): HandlerDecorator<UpgradeHandler>;
export function WebSocket(
  path: string,
  options?: WebSocketOptions & { on?: 'open' | 'message' | 'close' | 'error' },
): HandlerDecorator<WebSocketHandler>;
export function WebSocket(path: string, options: WebSocketOptions = {}): HandlerDecorator<never> {
  return (target, name) => {
    methodRecordOf(target, name).handlers.push({ protocol: 'websocket', path, options });
  };
}
