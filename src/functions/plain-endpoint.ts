import type { HttpContext } from '../context/http-context.js';
import { type SseOptions, type SseStream, TooLateForStream } from '../context/sse-stream.js';
import { ROUTE_METHODS } from '../routing/route-options.js';
import type { HttpRoute } from '../routing/route.js';
import type { EndpointDefaults } from '../server/build-endpoints.js';
import type { Layer, RequestEndpoint } from '../server/endpoint.js';
import { awaitedBytesOf } from '../server/event-readers.js';
import { PLAIN_ANSWER } from './plain-answer.js';
import { PlainContext } from './plain-context.js';
import { readPlainEvent } from './plain-event.js';
import type { PlainFunction } from './function-exports.js';

/** What a plain function's endpoints are made of. */
export interface PlainParts {
  readonly name: string;
  readonly file: string;
  readonly main: PlainFunction;
  readonly layers: readonly Layer[];
  /** Whether a middleware is made for each request. */
  readonly perRequest: boolean;
  readonly defaults: EndpointDefaults;
  /** The header of the extended context, lower case; empty: none is believed. */
  readonly extendedContextKey: string;
}

/** A plain function as the server calls it: the same life of a request, with its own event, context and answers. */
export function plainEndpoint({
  name,
  file,
  main,
  layers,
  perRequest,
  defaults,
  extendedContextKey,
}: PlainParts): RequestEndpoint {
  // A form's empty file input has always been a file of no bytes.
  const limits = { ...defaults.limits, keepEmptyFiles: true };
  return {
    route: routeOf(name, file),
    name,
    path: '*',
    layers,
    preflightLayers: [],
    readEvent: (exchange, use) => {
      const event = readPlainEvent(exchange, limits);
      return event instanceof Promise ? event.then((read: unknown) => use(exchange, read)) : use(exchange, event);
    },
    awaitedBytes: awaitedBytesOf({ kind: 'plain' }, limits),
    call: (event, context) => callMain(main, event, context, extendedContextKey),
    perRequest,
    timeoutMs: defaults.handlerTimeoutMs,
    quiet: false,
    form: PLAIN_ANSWER,
  };
}

/** An endpoint for a function that could not be loaded: it has its middleware still, so that nobody learns of it who may not. */
export function failingEndpoint(
  parts: Omit<PlainParts, 'main' | 'extendedContextKey'>,
  failure: () => Error,
): RequestEndpoint {
  const { name, file, layers, perRequest, defaults } = parts;
  return {
    route: routeOf(name, file),
    name,
    path: '*',
    layers,
    preflightLayers: [],
    readEvent: (exchange, use) => use(exchange, undefined),
    awaitedBytes: 0,
    call: () => {
      throw failure();
    },
    perRequest,
    timeoutMs: defaults.handlerTimeoutMs,
    quiet: false,
    form: PLAIN_ANSWER,
  };
}

function callMain(main: PlainFunction, event: unknown, context: HttpContext, hidden: string): unknown {
  const sse = (options?: SseOptions) => openStream(context, options);
  return main(event, new PlainContext(context, wholeUrl(context), hidden, { sse }));
}

/** The stream of this request, the same at every call; `null` when another answer has begun or the client has left. */
function openStream(context: HttpContext, options: SseOptions | undefined): SseStream | null {
  try {
    return context.sse(options);
  } catch (error) {
    if (error instanceof TooLateForStream) return null;
    throw error;
  }
}

/** Segments that lead nowhere or up, encoded or not, in a path. */
const DOT_SEGMENT = /\/(?:\.|%2e)/i;

/** The URL as a browser would write it: what is routed as it was sent has its dots resolved here, as ever. */
function wholeUrl(context: HttpContext): string {
  const { url } = context.httpContext;
  return DOT_SEGMENT.test(url) ? new URL(url).href : url;
}

function routeOf(name: string, file: string): HttpRoute {
  return {
    protocol: 'http',
    path: '*',
    parameters: ['*'],
    methods: ROUTE_METHODS,
    controller: named(name),
    method: 'main',
    eventType: undefined,
    use: [],
    file,
    options: {},
  };
}

/** A route names its class; a plain function has none. */
function named(name: string): new () => object {
  const classes = { [name]: class {} };
  return classes[name] ?? Object;
}
