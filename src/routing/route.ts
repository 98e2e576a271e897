import type { Middleware } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import type {
  Class,
  HttpOptions,
  RouteMethod,
  SseRouteOptions,
  WebSocketMoment,
  WebSocketOptions,
} from './route-options.js';

interface RouteBase {
  /** The whole path, prefix included: `/orders/:id`. */
  readonly path: string;
  /** The names of the path's parameters; `*` for a wildcard. */
  readonly parameters: readonly string[];
  readonly controller: Class;
  /** The name of the decorated method. */
  readonly method: string;
  /** The declared type of the handler's first parameter, as the compiler tells it; `undefined`: it has none. */
  readonly eventType: unknown;
  /** Middleware of class and method, outermost first. */
  readonly use: readonly Middleware[];
  /** Where it was decorated: `built/orders/order.controller.js:12`. */
  readonly file: string | undefined;
}

/** A method decorated with `@Http`. */
export interface HttpRoute extends RouteBase {
  readonly protocol: 'http';
  readonly methods: readonly RouteMethod[];
  readonly options: HttpOptions;
}

/** A method decorated with `@Sse`. */
export interface SseRoute extends RouteBase {
  readonly protocol: 'sse';
  readonly methods: readonly RouteMethod[];
  readonly options: SseRouteOptions;
}

/** A method decorated with `@WebSocket`. */
export interface WebSocketRoute extends RouteBase {
  readonly protocol: 'websocket';
  readonly on: WebSocketMoment;
  readonly options: WebSocketOptions;
}

export type Route = HttpRoute | SseRoute | WebSocketRoute;

/** `OrderController.find`, for logs and errors. */
export function routeName(route: { controller: { name: string }; method: string }): string {
  return `${route.controller.name}.${route.method}`;
}

/** Joins a prefix and a path: one slash between, none at the end but for the root. */
export function joinPaths(prefix: string, path: string): string {
  const joined = `/${prefix}/${path}`.replace(/\/{2,}/g, '/');
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
}

/** One part of a path that varies: `:name`, `:name(regex)`, or `*` at the end. */
const PARAMETER = /:([A-Za-z_]\w*)(\((?:[^()\\]|\\.)+\))?|\*/g;

/** The names of a path's parameters, in order. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(PARAMETER)].map(([, name]) => name ?? '*');
}

/** The path with its parameters' names left out: two routes of one shape answer the same requests. */
export function shapeOf(path: string): string {
  return path.replace(PARAMETER, (_, name: string | undefined, regex: string | undefined) =>
    name === undefined ? '*' : `:${regex ?? ''}`,
  );
}

/** What is wrong with a path as it stands in a decorator; `undefined` when nothing is. */
export function pathMistake(path: string): string | undefined {
  if (/[?#]/.test(path.replace(PARAMETER, ''))) return 'a path holds neither ? nor #';
  if (/\s/.test(path)) return 'a path holds no blanks';
  const star = path.indexOf('*');
  if (star !== -1 && !path.endsWith('/*')) return 'a wildcard * stands alone in the last segment';
  const names = parametersOf(path);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `the parameter :${twice} stands twice`;
  if (/:(?![A-Za-z_])/.test(path.replace(PARAMETER, ''))) return 'a parameter is a colon and a name, such as :id';
  return undefined;
}

/** 405 with the methods that the path does answer. */
export function methodNotAllowed(allow: string): HttpError {
  return HttpError.of('METHOD_NOT_ALLOWED', `this path answers ${allow}`, { headers: { Allow: allow } });
}
