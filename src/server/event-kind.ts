import { Readable } from 'node:stream';

import { HttpContext } from '../context/http-context.js';
import { CloseEvent } from '../context/web-socket-connection.js';
import { UNDEFINED_TYPE } from '../routing/route-table.js';
import type { EventClass } from '../validation/event-validator.js';

/** What a handler's first parameter asks for. */
export type EventKind =
  | { readonly kind: 'none' | 'plain' | 'text' | 'bytes' | 'stream' | 'given' }
  | { readonly kind: 'class'; readonly eventClass: EventClass }
  | { readonly kind: 'mistake'; readonly problem: string; readonly remedy: string };

/** Declared types that say nothing of what an event holds: it is then whatever the body parses to. */
const PLAIN_TYPES: ReadonlySet<unknown> = new Set([
  Object,
  Array,
  Number,
  Boolean,
  BigInt,
  Symbol,
  Date,
  Map,
  Set,
  Promise,
]);

/** Reads the declared type of a first parameter, as the compiler emitted it. */
export function eventKindOf(type: unknown): EventKind {
  if (type === undefined) return { kind: 'none' };
  if (type === UNDEFINED_TYPE) {
    return {
      kind: 'mistake',
      problem: 'the class of its event was undefined when the file was loaded: an import circle',
      remedy:
        'move the event class into a file of its own that imports neither the controller nor what the controller imports',
    };
  }
  if (type === Function) {
    return {
      kind: 'mistake',
      problem: 'the class of its event is imported with `import type`, so that nothing of it is left at run time',
      remedy:
        'import it as a value: `import { TheEvent } from …` (or declare the parameter `unknown` to take the body as it is)',
    };
  }
  if (type === Buffer || type === Uint8Array) return { kind: 'bytes' };
  if (type === String) return { kind: 'text' };
  if (type === Readable) return { kind: 'stream' };
  if (type === CloseEvent || type === Error) return { kind: 'given' };
  if (typeof type !== 'function' || PLAIN_TYPES.has(type)) return { kind: 'plain' };
  if (type === HttpContext || type.prototype instanceof HttpContext) {
    return {
      kind: 'mistake',
      problem: `its first parameter is a ${type.name}, where the event stands`,
      remedy: 'put the context second: `handler(event: unknown, context: …)`',
    };
  }
  // What is left is a class of the user's; the container of events makes it without arguments.
  return { kind: 'class', eventClass: type as EventClass };
}
