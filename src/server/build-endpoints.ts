import type { BodyLimits } from '../body/body-limits.js';
import type { InjectedClass } from '../context/dependency-graph.js';
import type { Injector, RequestScope } from '../context/injector.js';
import { middlewareMistake } from '../context/middleware-mistake.js';
import { type CrossOriginJudge, isMiddlewareClass, type Middleware } from '../context/middleware.js';
import { planMessage } from '../events/event-plan.js';
import type { Class } from '../routing/route-options.js';
import { type HttpRoute, type Route, routeName, type SseRoute, type WebSocketRoute } from '../routing/route.js';
import type { UnknownProperties, ValidationOptions } from '../validation/event-validator.js';
import type {
  Call,
  Layer,
  MessageHandler,
  RequestEndpoint,
  UpgradeHandlerEndpoint,
  WebSocketEndpoint,
} from './endpoint.js';
import { eventKindOf, type EventKind } from './event-kind.js';
import { awaitedBytesOf, eventReaderOf, upgradeReaderOf } from './event-readers.js';
import { sessionOptionsOf } from './session-options.js';
import { withinTime } from './within-time.js';
import { groupSockets } from './group-sockets.js';
import { heartbeatWithin } from './heartbeats.js';

/** What endpoints take from the application's options where their route says nothing. */
export interface EndpointDefaults {
  readonly limits: BodyLimits;
  readonly unknown: UnknownProperties;
  readonly handlerTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly wsHeartbeatMs: number;
  readonly wsIdleTimeoutMs: number;
  readonly origins: readonly string[];
  readonly resumeMs: number;
  /** The application's middleware, outermost. */
  readonly use: readonly Middleware[];
}

export interface BuiltEndpoints {
  readonly requests: readonly RequestEndpoint[];
  readonly sockets: readonly WebSocketEndpoint[];
  readonly layers: readonly Layer[];
  readonly preflightLayers: readonly Layer[];
}

/** What a handler's method is called as; its parameters are what the decorators' types have checked. */
type Method = (event: unknown, context: unknown) => unknown;

/** Every class that the container must be able to make: controllers and middleware classes. */
export function injectedClasses(routes: readonly Route[], use: readonly Middleware[]): Set<InjectedClass> {
  const classes = new Set<InjectedClass>(routes.map(({ controller }) => controller));
  for (const middleware of [...use, ...routes.flatMap((route) => route.use)]) {
    // What is no middleware at all is reported by checkRoutes.
    if (middlewareMistake(middleware) === undefined && isMiddlewareClass(middleware)) classes.add(middleware);
  }
  return classes;
}

/** Decides at start whatever can be decided then. */
export class EndpointBuilder {
  readonly #injector: Injector;
  readonly #defaults: EndpointDefaults;

  constructor(injector: Injector, defaults: EndpointDefaults) {
    this.#injector = injector;
    this.#defaults = defaults;
  }

  build(routes: readonly Route[]): BuiltEndpoints {
    return {
      requests: routes.filter((route) => route.protocol !== 'websocket').map((route) => this.#request(route)),
      sockets: [...groupSockets(routes).values()].map((group) => this.#socket(group)),
      layers: this.layers(this.#defaults.use),
      preflightLayers: this.layers(this.#defaults.use.filter(isCrossOriginJudge)),
    };
  }

  #request(route: HttpRoute | SseRoute): RequestEndpoint {
    const { options } = route;
    const { limits } = this.#defaults;
    const own = options.maxBodyBytes === undefined ? limits : { ...limits, maxBodyBytes: options.maxBodyBytes };
    const use = [...this.#defaults.use, ...route.use];
    const event = eventKindOf(route.eventType);
    return {
      route,
      name: routeName(route),
      path: route.path,
      layers: this.layers(use),
      preflightLayers: this.layers(use.filter(isCrossOriginJudge)),
      readEvent: eventReaderOf(event, {
        pathParameters: route.parameters,
        methods: route.methods,
        limits: own,
        maxStreamBytes: options.maxBodyBytes,
        validation: this.#validation(options.groups),
      }),
      awaitedBytes: awaitedBytesOf(event, own),
      call: this.#call(route),
      perRequest: this.#isPerRequest(route),
      timeoutMs: options.timeoutMs ?? this.#defaults.handlerTimeoutMs,
      form: undefined,
      quiet: options.accessLog === false,
    };
  }

  #socket(group: readonly WebSocketRoute[]): WebSocketEndpoint {
    const [first] = group;
    if (first === undefined) throw new Error('a group of routes has at least one');
    const on = (moment: WebSocketRoute['on']) => group.filter((route) => route.on === moment);
    const messages = on('message').map((route) => this.#message(route));
    const untyped = messages.filter(({ route }) => route.options.type === undefined);
    const own = <Key extends keyof WebSocketRoute['options']>(key: Key) =>
      group.find(({ options }) => options[key] !== undefined)?.options[key];
    // Class middleware stands at every handler of the group, and must run once.
    const use = [...this.#defaults.use, ...new Set(group.flatMap((route) => route.use))];
    return {
      path: first.path,
      name: `${first.controller.name} ${first.path}`,
      file: first.file,
      layers: this.layers(use),
      perRequest: group.some((route) => this.#isPerRequest(route)),
      upgrade: this.#upgrade(on('upgrade')),
      open: this.#upgrade(on('open')),
      timeoutMs: (on('upgrade')[0] ?? on('open')[0])?.options.timeoutMs ?? this.#defaults.handlerTimeoutMs,
      typed: new Map(
        messages.flatMap((handler) =>
          handler.route.options.type === undefined ? [] : [[handler.route.options.type, handler]],
        ),
      ),
      json: untyped.find(({ takes }) => takes === 'json'),
      text: untyped.find(({ takes }) => takes === 'text'),
      binary: untyped.find(({ takes }) => takes === 'binary'),
      close: this.#limitedCall(on('close')),
      error: this.#limitedCall(on('error')),
      protocols: own('protocols') ?? [],
      maxMessageBytes: own('maxMessageBytes') ?? this.#defaults.maxMessageBytes,
      heartbeatMs: heartbeatWithin(own('heartbeatMs') ?? this.#defaults.wsHeartbeatMs, this.#defaults.wsIdleTimeoutMs),
      compress: own('compress') ?? false,
      origins: use.some(isCrossOriginJudge) ? undefined : (own('origins') ?? this.#defaults.origins),
      form: undefined,
      ...sessionOptionsOf(own('resume'), this.#defaults.resumeMs),
      quiet: own('accessLog') === false,
    };
  }

  #upgrade([route]: readonly WebSocketRoute[]): UpgradeHandlerEndpoint | undefined {
    if (route === undefined) return undefined;
    return {
      route,
      name: routeName(route),
      call: this.#call(route),
      timeoutMs: route.options.timeoutMs ?? this.#defaults.handlerTimeoutMs,
      readEvent: upgradeReaderOf(
        eventKindOf(route.eventType),
        route.parameters,
        this.#validation(route.options.groups),
      ),
    };
  }

  /** A handler that nobody waits for but the end of its connection, which must not wait for ever. */
  #limitedCall([route]: readonly WebSocketRoute[]): Call | undefined {
    if (route === undefined) return undefined;
    const call = this.#call(route);
    const timeoutMs = route.options.timeoutMs ?? this.#defaults.handlerTimeoutMs;
    return (event, context, scope) => {
      const pending = call(event, context, scope);
      return pending instanceof Promise ? withinTime<unknown>(pending, timeoutMs) : pending;
    };
  }

  #message(route: WebSocketRoute): MessageHandler {
    const event = eventKindOf(route.eventType);
    return {
      route,
      name: routeName(route),
      call: this.#call(route),
      timeoutMs: route.options.timeoutMs ?? this.#defaults.handlerTimeoutMs,
      takes: takesOf(event),
      readMessage:
        event.kind === 'class' ? messageReader(event, this.#validation(route.options.groups)) : (value) => value,
    };
  }

  #validation(groups: readonly string[] | undefined): ValidationOptions {
    const { unknown } = this.#defaults;
    return groups === undefined ? { unknown } : { unknown, groups };
  }

  #isPerRequest(route: Route): boolean {
    if (this.#injector.isPerRequest(route.controller)) return true;
    return [...this.#defaults.use, ...route.use].some(
      (middleware) => isMiddlewareClass(middleware) && this.#injector.isPerRequest(middleware),
    );
  }

  #call({ controller, method }: { controller: Class; method: string }): Call {
    if (this.#injector.isPerRequest(controller)) {
      return (event, context, scope) => methodOf(instanceIn(scope, controller), method)(event, context);
    }
    const handle = methodOf(this.#injector.resolve(controller), method);
    return (event, context) => handle(event, context);
  }

  /** Middleware as the server calls it. */
  layers(use: readonly Middleware[]): Layer[] {
    return use.map((middleware): Layer => {
      if (!isMiddlewareClass(middleware)) return (context, next) => middleware(context, next);
      if (this.#injector.isPerRequest(middleware)) {
        return (context, next, scope) => instanceIn(scope, middleware).handle(context, next);
      }
      const instance = this.#injector.resolve(middleware);
      return (context, next) => instance.handle(context, next);
    });
  }
}

function isCrossOriginJudge(middleware: CrossOriginJudge): boolean {
  return middleware.crossOrigin === true;
}

function instanceIn<Instance extends object>(
  scope: RequestScope | undefined,
  injected: new (...dependencies: never[]) => Instance,
): Instance {
  if (scope === undefined) throw new Error(`${injected.name} is made per request, and here is none`);
  return scope.resolve(injected);
}

function methodOf(instance: object, name: string): Method {
  const method = (instance as Record<string, unknown>)[name];
  if (typeof method !== 'function') throw new TypeError(`${name} is no method of ${instance.constructor.name}`);
  return method.bind(instance) as Method;
}

function takesOf(event: EventKind): MessageHandler['takes'] {
  if (event.kind === 'text') return 'text';
  return event.kind === 'bytes' ? 'binary' : 'json';
}

function messageReader(
  event: Extract<EventKind, { kind: 'class' }>,
  validation: ValidationOptions,
): (value: unknown) => unknown {
  const plan = planMessage(event.eventClass, validation);
  return (value) => plan.read(value);
}
