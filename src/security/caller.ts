import type { HttpContext } from '../context/http-context.js';

/** Who a guard has let in. */
export interface Caller {
  /** Which guard it was. */
  readonly by: 'jwt' | 'signature' | 'basic' | 'api-key';
  /** The token's subject, the access key's id, the user's name, the name of the API key. */
  readonly id: string;
}

/** A symbol, so that it is in nobody's way among what middleware leaves there. */
const CALLER = Symbol('yunction.caller');

/**
 * Who sent the request, as the innermost guard of `yunction/security` that let it in found out; `undefined` where none
 * stands around the handler. On a WebSocket it is known for every message.
 *
 * @example
 * @Http('GET', '/mine')
 * mine(event: unknown, context: HttpContext) { return this.orders.of(callerOf(context)?.id); }
 */
export function callerOf(context: HttpContext<object>): Caller | undefined {
  return (context.state as { [CALLER]?: Caller })[CALLER];
}

/** Says who it is. */
export function setCaller(context: HttpContext<object>, caller: Caller): void {
  (context.state as { [CALLER]?: Caller })[CALLER] = caller;
}
