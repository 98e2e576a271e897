import 'reflect-metadata';

import { type StartupMistake } from '../errors/startup-error.js';
import { siteOf } from './decoration-site.js';
import { type ControllerRecord, controllerRecordOf, type HandlerRecord, type MethodRecord } from './route-records.js';
import { middlewareOf, useMistakes } from './route-option-mistakes.js';
import { type Class, ROUTE_METHODS, type RouteMethod } from './route-options.js';
import { joinPaths, parametersOf, pathMistake, type Route, routeName, shapeOf } from './route.js';

/** Every route of an application, and every mistake that was found on the way. */
export interface RouteTable {
  readonly routes: readonly Route[];
  readonly mistakes: readonly StartupMistake[];
}

/**
 * Reads what the decorators recorded of these classes, once, and checks it.
 * @param mount the path that all of theirs are below; empty: the root.
 */
export function buildRouteTable(controllers: readonly Class[], mount = ''): RouteTable {
  const mistakes: StartupMistake[] = [];
  const routes: Route[] = [];
  // The compiler sees to it; plain JavaScript may forget it, and a server without routes helps nobody to see that.
  if (!Array.isArray(controllers)) {
    const remedy = 'give the controller classes: `start({ controllers: [OrderController] })`';
    return { routes, mistakes: [{ where: 'controllers', problem: 'it is no array', remedy }] };
  }
  for (const controller of new Set<Class>(controllers)) {
    const record = typeof controller === 'function' ? controllerRecordOf(controller) : undefined;
    if (record === undefined || record.methods.size === 0) {
      mistakes.push(notAController(controller, siteOf(record?.site)));
      continue;
    }
    for (const wrong of useMistakes(record.options?.use)) {
      mistakes.push({ where: controller.name, file: siteOf(record.site), ...wrong });
    }
    for (const method of record.methods.values()) {
      routes.push(...routesOf(controller, record, method, mount, mistakes));
    }
  }
  mistakes.push(...findConflicts(routes));
  return { routes, mistakes };
}

function routesOf(
  controller: Class,
  record: ControllerRecord,
  method: MethodRecord,
  mount: string,
  mistakes: StartupMistake[],
): Route[] {
  const where = `${controller.name}.${method.name}`;
  const file = siteOf(method.site);
  const types = Reflect.getMetadata('design:paramtypes', controller.prototype, method.name) as unknown[] | undefined;
  if (types === undefined) {
    mistakes.push({
      where,
      file,
      problem: 'the compiler did not tell the types of its parameters',
      remedy:
        'set "experimentalDecorators" and "emitDecoratorMetadata" in tsconfig.json and compile with tsc, swc or oxc (esbuild and tsx emit no metadata)',
    });
    return [];
  }
  const routes: Route[] = [];
  for (const handler of method.handlers) {
    const path = joinPaths(mount, joinPaths(record.prefix ?? '', handler.path));
    const wrong = pathMistake(path);
    if (wrong !== undefined) {
      mistakes.push({
        where,
        file,
        problem: `the path ${path} cannot be served: ${wrong}`,
        remedy: 'correct the path',
      });
      continue;
    }
    const base = {
      path,
      parameters: parametersOf(path),
      controller,
      method: method.name,
      eventType: types.length === 0 ? undefined : (types[0] ?? UNDEFINED_TYPE),
      use: [...middlewareOf(record.options?.use), ...record.use, ...middlewareOf(handler.options.use), ...method.use],
      file,
    };
    routes.push({ ...base, ...protocolOf(handler) });
  }
  if (method.handlers.length === 0) {
    mistakes.push({
      where,
      file,
      problem: '@Use stands at a method that is no handler',
      remedy: 'add @Http, @Sse or @WebSocket to the method, or take @Use away',
    });
  }
  return routes;
}

/** Stands for a parameter type that was `undefined` when the decorator ran: the class was not yet defined. */
export const UNDEFINED_TYPE = Symbol('undefined at decoration');

function protocolOf(handler: HandlerRecord) {
  switch (handler.protocol) {
    case 'http':
      return {
        protocol: 'http',
        methods: methodsOf(handler.methods),
        options: handler.options,
      } as const;
    case 'sse':
      return { protocol: 'sse', methods: [handler.options.method ?? 'GET'], options: handler.options } as const;
    case 'websocket':
      return { protocol: 'websocket', on: handler.options.on ?? 'message', options: handler.options } as const;
  }
}

/** Each method once. What plain JavaScript may give in the place of a list is told by `routeOptionMistakes`. */
function methodsOf(methods: readonly RouteMethod[] | 'ALL'): readonly RouteMethod[] {
  if (methods === 'ALL') return ROUTE_METHODS;
  return Array.isArray(methods) ? [...new Set<RouteMethod>(methods)] : [];
}

/** Two routes that answer the same request: which of them would is nobody's guess, so neither does. */
function findConflicts(routes: readonly Route[]): StartupMistake[] {
  const mistakes: StartupMistake[] = [];
  const taken = new Map<string, Route>();
  for (const route of routes) {
    for (const key of conflictKeys(route)) {
      const other = taken.get(key);
      if (other === undefined) {
        taken.set(key, route);
        continue;
      }
      mistakes.push({
        where: routeName(route),
        file: route.file,
        problem: `${describeRoute(route)} answers the same requests as ${describeRoute(other)} of ${routeName(other)}`,
        remedy: 'change the path or the method of one of them, or remove one',
      });
      break;
    }
  }
  return mistakes;
}

function conflictKeys(route: Route): string[] {
  const shape = shapeOf(route.path);
  if (route.protocol !== 'websocket') return route.methods.map((method) => `${method} ${shape}`);
  // Frames of different kinds can have a handler each: binary for `Buffer`, text that is no JSON for `string`, JSON for
  // the rest.
  const frame = route.on === 'message' ? frameOf(route.eventType) : '';
  return [`WS ${shape} ${route.on} ${frame} ${route.options.type ?? ''}`];
}

function frameOf(eventType: unknown): string {
  if (eventType === Buffer || eventType === Uint8Array) return 'binary';
  return eventType === String ? 'text' : 'json';
}

/** `GET /orders/:id`, as the route table shows it. */
export function describeRoute(route: Route): string {
  if (route.protocol !== 'websocket') return `${methodsLabel(route)} ${route.path}`;
  const type = route.options.type === undefined ? '' : ` ${JSON.stringify(route.options.type)}`;
  return `WS ${route.path} (${route.on}${type})`;
}

function methodsLabel(route: { protocol: string; methods: readonly string[] }): string {
  if (route.protocol === 'sse') return route.methods[0] === 'GET' ? 'SSE' : `SSE ${route.methods.join(',')}`;
  return route.methods.length === ROUTE_METHODS.length ? 'ALL' : route.methods.join(',');
}

/** One line of the route table. */
export interface RouteRow {
  readonly label: string;
  readonly path: string;
  readonly handler: string;
  /** What a WebSocket's handler is called for. */
  readonly moment: string;
}

/** The lines of the route table that these routes are. */
export function routeRows(routes: readonly Route[]): RouteRow[] {
  return routes.map((route) => {
    const label = route.protocol === 'websocket' ? 'WS' : methodsLabel(route);
    const moment = route.protocol === 'websocket' ? momentOf(route) : '';
    return { label, path: route.path, moment, handler: routeName(route) };
  });
}

/** The route table for a person: method, path, handler; one line a route. */
export function printRoutes(routes: readonly Route[], more: readonly RouteRow[] = []): string {
  const rows = [...routeRows(routes), ...more];
  rows.sort((a, b) => compare(a.path, b.path) || compare(a.label, b.label));
  const width = (key: 'label' | 'path') => Math.max(...rows.map((row) => row[key].length), 0);
  const [labels, paths] = [width('label'), width('path')];
  return rows
    .map(({ label, path, moment, handler }) => `  ${label.padEnd(labels)}  ${path.padEnd(paths)}  ${handler}${moment}`)
    .join('\n');
}

function momentOf(route: Extract<Route, { protocol: 'websocket' }>): string {
  const type = route.options.type === undefined ? '' : ` ${JSON.stringify(route.options.type)}`;
  return ` (${route.on}${type})`;
}

function notAController(controller: unknown, file: string | undefined): StartupMistake {
  const name = typeof controller === 'function' ? controller.name : String(controller);
  if (controller === undefined) {
    return {
      where: 'controllers',
      problem: 'a controller is undefined: it is imported in a circle, or the name is not exported',
      remedy: 'check the import; break the circle with `import type` where only a type is needed',
    };
  }
  return {
    where: name,
    file,
    problem: 'no method of it is decorated with @Http, @Sse or @WebSocket',
    remedy: 'decorate its handlers, or take it out of `controllers`',
  };
}

/** By code units: paths are ASCII, and `localeCompare` would load ICU's tables, 8 ms of every start. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
