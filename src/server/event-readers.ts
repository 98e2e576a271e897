import type { BodyLimits } from '../body/body-limits.js';
import type { ParsedBody } from '../body/read-body.js';
import type { HttpContext } from '../context/http-context.js';
import { type EventPlan, planEvent } from '../events/event-plan.js';
import type { RouteMethod } from '../routing/route-options.js';
import { HttpError } from '../errors/http-error.js';
import type { EventClass, ValidationOptions } from '../validation/event-validator.js';
import type { EventReader } from './endpoint.js';
import type { EventKind } from './event-kind.js';
import type { Exchange } from './exchange.js';

/** Methods whose requests usually carry a body (RFC 9110, section 9.3): it is the event's default source there. */
export const METHODS_WITH_BODY: ReadonlySet<string> = new Set<RouteMethod>(['POST', 'PUT', 'PATCH']);

export interface EventReading {
  readonly pathParameters: readonly string[];
  readonly methods: readonly RouteMethod[];
  readonly limits: BodyLimits;
  /** Bytes of a body that is read as a stream; undefined: as many as come. */
  readonly maxStreamBytes: number | undefined;
  readonly validation: ValidationOptions;
}

/** How a route reads its event, decided once by what its handler's first parameter asks for. */
export function eventReaderOf(event: EventKind, reading: EventReading): EventReader {
  const { limits } = reading;
  switch (event.kind) {
    case 'class':
      return classReader(event.eventClass, reading);
    case 'bytes':
      return (exchange, use) => whenRead(exchange.readBytes(limits), exchange, use);
    case 'text':
      return (exchange, use) => whenRead(exchange.readText(limits), exchange, use);
    case 'stream':
      return (exchange, use) => use(exchange, exchange.openBody(reading.maxStreamBytes));
    case 'plain':
      return (exchange, use) => {
        const body = exchange.parseBody(limits);
        if (body instanceof Promise) return body.then((read) => use(exchange, plainEvent(read)));
        return use(exchange, plainEvent(body));
      };
    case 'none':
    case 'given':
    case 'mistake':
      return (exchange, use) => use(exchange, undefined);
  }
}

/** Longer bodies come in many packets, and the server would keep them for as long as their requests last. */
const MAX_AWAITED_BYTES = 64 * 1024;

/** Bytes of a body that are worth awaiting before the event is read; 0: the event asks for none, or for a stream. */
export function awaitedBytesOf({ kind }: EventKind, { maxBodyBytes }: BodyLimits): number {
  const readsWhole = kind === 'class' || kind === 'plain' || kind === 'text' || kind === 'bytes';
  return readsWhole ? Math.min(maxBodyBytes, MAX_AWAITED_BYTES) : 0;
}

/** The body as a plain function gets it: what it parses to, or `{}` where there is none. */
function plainEvent(body: ParsedBody): unknown {
  return body.kind === 'none' ? {} : body.value;
}

function classReader(eventClass: EventClass, reading: EventReading): EventReader {
  const plan = (methodHasBody: boolean): EventPlan =>
    planEvent({ eventClass, pathParameters: reading.pathParameters, methodHasBody, options: reading.validation });
  const withBody = reading.methods.filter((method) => METHODS_WITH_BODY.has(method));
  if (withBody.length === reading.methods.length) return planReader(plan(true), reading.limits);
  if (withBody.length === 0) return planReader(plan(false), reading.limits);
  // A route of several methods: what is the default source depends on the request.
  const [bodyReader, queryReader] = [planReader(plan(true), reading.limits), planReader(plan(false), reading.limits)];
  return (exchange, use) => (METHODS_WITH_BODY.has(exchange.context.method) ? bodyReader : queryReader)(exchange, use);
}

function planReader(plan: EventPlan, limits: BodyLimits): EventReader {
  if (!plan.needsBody) return (exchange, use) => whenRead(plan.read(exchange.context, undefined), exchange, use);
  // One `then` for reading, validating and handling: each more would cost a promise and a turn of the microtask queue.
  return (exchange, use) => {
    const body = exchange.parseBody(limits);
    if (!(body instanceof Promise)) return whenRead(plan.read(exchange.context, body), exchange, use);
    return body.then((read) => whenRead(plan.read(exchange.context, read), exchange, use));
  };
}

function whenRead<Read>(read: Read | Promise<Read>, exchange: Exchange, use: Parameters<EventReader>[1]): unknown {
  return read instanceof Promise ? read.then((value) => use(exchange, value)) : use(exchange, read);
}

/** How an `upgrade` or `open` handler reads its event: from the request that was upgraded, which has no body. */
export function upgradeReaderOf(
  event: EventKind,
  pathParameters: readonly string[],
  validation: ValidationOptions,
): (context: HttpContext) => unknown {
  if (event.kind !== 'class') return () => ({});
  const plan = planEvent({ eventClass: event.eventClass, pathParameters, methodHasBody: false, options: validation });
  return (context) => {
    const read = plan.read(context, undefined);
    return read instanceof Promise ? read.then(orThrow) : orThrow(read);
  };
}

function orThrow(event: object): object {
  if (event instanceof HttpError) throw event;
  return event;
}
