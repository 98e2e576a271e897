import type { HttpContext } from '../context/http-context.js';
import type { SseContext } from '../context/sse-context.js';
import type { UpgradeContext } from '../context/upgrade-context.js';
import type { WebSocketContext } from '../context/web-socket-context.js';
import type { HttpError } from '../errors/http-error.js';

// What the decorators take. A handler's event is `never` here: every declared type of event is then accepted,
// while a context of another protocol, or a third parameter, does not compile. The context's state is `never` for the
// same reason: a handler may declare what its middleware leaves there.

/** A decorator for methods of this type. */
export type HandlerDecorator<Handler> = <Method extends Handler>(
  target: object,
  name: string,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** The method of an `@Http`. */
export type HttpHandler = (event: never, context: HttpContext<never>) => unknown;

/** What an `@Sse` method may return: events, or nothing where it writes by `context.sse()`. */
export type SseResult =
  | AsyncIterable<unknown>
  | Iterable<unknown>
  | ReadableStream
  | HttpError
  | undefined
  // oxlint-disable-next-line typescript/no-invalid-void-type -- a method that returns nothing has this type
  | void;

/** The method of an `@Sse`. */
export type SseHandler = (event: never, context: SseContext<never>) => SseResult | Promise<SseResult>;

/** What an `upgrade` handler may return: nothing or `true` accepts, `false` is 403, the rest says more. */
export interface UpgradeResult {
  allowWebSocket?: boolean;
  /** Default 403. */
  statusCode?: number;
  body?: string;
  /** Default `text/plain; charset=utf-8`. */
  contentType?: string;
}

/** All that an `upgrade` handler may return: an integration response, such as `redirect()` gives, refuses too. */
export type UpgradeAnswer =
  | boolean
  | UpgradeResult
  | { statusCode: number; headers: Record<string, string | number | readonly string[]> | null; body?: unknown }
  | HttpError
  | undefined
  // oxlint-disable-next-line typescript/no-invalid-void-type -- a method that returns nothing has this type
  | void;

/** The method of a `@WebSocket` with `on: 'upgrade'`. */
export type UpgradeHandler = (event: never, context: UpgradeContext<never>) => UpgradeAnswer | Promise<UpgradeAnswer>;

/** The method of any other `@WebSocket`. */
export type WebSocketHandler = (event: never, context: WebSocketContext<never>) => unknown;
