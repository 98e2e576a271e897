import type { Middleware } from '../context/middleware.js';
import { siteOf } from './decoration-site.js';
import type {
  ControllerOptions,
  HttpOptions,
  RouteMethod,
  SseRouteOptions,
  WebSocketOptions,
} from './route-options.js';

/** What one `@Http`, `@Sse` or `@WebSocket` said. */
export type HandlerRecord =
  | { readonly protocol: 'http'; methods: readonly RouteMethod[] | 'ALL'; path: string; options: HttpOptions }
  | { readonly protocol: 'sse'; path: string; options: SseRouteOptions }
  | { readonly protocol: 'websocket'; path: string; options: WebSocketOptions };

/** What the decorators of one method said. */
export interface MethodRecord {
  readonly name: string;
  readonly handlers: HandlerRecord[];
  readonly use: Middleware[];
  /** Made where the decorator ran: its stack names the user's file. Formatted only when a mistake is reported. */
  readonly site: Error;
}

/** What the decorators of one class said. */
export interface ControllerRecord {
  readonly methods: Map<string, MethodRecord>;
  readonly use: Middleware[];
  prefix?: string;
  options?: ControllerOptions;
  site?: Error;
}

/**
 * What all decorators said, by the prototype of the decorated class. Imports next to nothing on purpose: in a decorator framework
 * an import circle leaves `undefined` in the metadata, and injection fails without a word.
 */
const RECORDS = new WeakMap<object, ControllerRecord>();

/** The record of a class's own decorators, made when there is none. */
export function recordOf(prototype: object): ControllerRecord {
  let record = RECORDS.get(prototype);
  if (record === undefined) {
    record = { methods: new Map(), use: [] };
    RECORDS.set(prototype, record);
  }
  return record;
}

/** The record of a decorated method, made when there is none. */
export function methodRecordOf(prototype: object, name: string): MethodRecord {
  const { methods } = recordOf(prototype);
  let record = methods.get(name);
  if (record === undefined) {
    record = { name, handlers: [], use: [], site: new Error('decorated here') };
    methods.set(name, record);
  }
  return record;
}

/** What is known of a class and its ancestors: a subclass's own word comes before its parent's. */
export function controllerRecordOf(controller: { prototype: object }): ControllerRecord | undefined {
  const chain: ControllerRecord[] = [];
  // An arrow function, which plain JavaScript may give for a class, has no prototype.
  for (let prototype: object | null = controller.prototype ?? null; prototype !== null; ) {
    const record = RECORDS.get(prototype);
    if (record !== undefined) chain.push(record);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  if (chain.length === 0) return undefined;
  const merged: ControllerRecord = { methods: new Map(), use: [] };
  for (const record of chain.reverse()) {
    if (record.prefix !== undefined) merged.prefix = record.prefix;
    if (record.options !== undefined) merged.options = record.options;
    if (record.site !== undefined) merged.site = record.site;
    merged.use.push(...record.use);
    for (const [name, method] of record.methods) merged.methods.set(name, overridden(merged.methods.get(name), method));
  }
  return merged;
}

/** Where a class was decorated with `@Controller`, if it was: `built/orders/order.controller.js:12`. */
export function controllerFile(controller: { prototype: object }): string | undefined {
  return siteOf(RECORDS.get(controller.prototype)?.site);
}

/** A method that a subclass decorates anew: its own routes hold, or its parent's where it names none. */
function overridden(parent: MethodRecord | undefined, own: MethodRecord): MethodRecord {
  if (parent === undefined || own.handlers.length > 0) return own;
  return { ...own, handlers: parent.handlers, use: [...parent.use, ...own.use] };
}
