import { createValidator } from '../validation/create-validator.js';
import { propertiesOf } from '../validation/event-properties.js';
import type { EventClass, EventValidator, Validated, ValidationOptions } from '../validation/event-validator.js';
import { type Libraries, loadedLibraries, loadLibraries } from '../validation/libraries.js';
import { eventFailure } from './event-failure.js';
import { isRecord } from './event-input.js';
import { sourcesOf } from './source-records.js';

/** How a WebSocket message becomes an event. */
export interface MessagePlan {
  /** @throws (or rejects with) HttpError `VALIDATION_FAILED`, whose entries are `in: 'message'`. */
  read(value: unknown): object | Promise<object>;
}

/** Keys that belong to the envelope of a message: which handler takes it, and which answer is meant for it. */
const ENVELOPE = ['type', 'id'];

/**
 * Plans the event of a WebSocket message handler: from the parsed JSON value of a message to a validated instance.
 * The envelope's `type` and `id` are given to the class only if it declares them. A property with a `@From…` decorator
 * names a part of a request, which a message is not: no message can fill it.
 */
export function planMessage(eventClass: EventClass, options: ValidationOptions): MessagePlan {
  return new LazyMessagePlan(eventClass, options);
}

class LazyMessagePlan implements MessagePlan {
  readonly #eventClass: EventClass;
  readonly #validator: EventValidator<object>;
  #withheld: readonly string[] | undefined;

  constructor(eventClass: EventClass, options: ValidationOptions) {
    this.#eventClass = eventClass;
    this.#validator = createValidator(eventClass, options);
  }

  read(value: unknown): object | Promise<object> {
    if (!isRecord(value)) {
      throw eventFailure([{ in: 'message', path: '', rule: 'object', message: 'the message must be a JSON object' }]);
    }
    const libraries = loadedLibraries();
    return libraries === undefined
      ? loadLibraries().then((justLoaded) => this.#read(justLoaded, value))
      : this.#read(libraries, value);
  }

  #read(libraries: Libraries, value: Record<string, unknown>): object | Promise<object> {
    this.#withheld ??= withheldKeys(this.#eventClass, libraries);
    const verdict = this.#validator.validate(without(value, this.#withheld));
    return verdict instanceof Promise ? verdict.then(eventOf) : eventOf(verdict);
  }
}

function withheldKeys(eventClass: EventClass, libraries: Libraries): readonly string[] {
  const sourced = sourcesOf(eventClass).map(({ property }) => property);
  const withheld: string[] = [];
  const declared = new Set<string>();
  for (const { name, exposedNames } of propertiesOf(eventClass, sourced, undefined, libraries)) {
    if (sourced.includes(name)) withheld.push(name, ...exposedNames);
    else for (const key of [name, ...exposedNames]) declared.add(key);
  }
  return [...withheld, ...ENVELOPE.filter((key) => !declared.has(key))];
}

function without(value: Record<string, unknown>, keys: readonly string[]): object {
  if (!keys.some((key) => Object.hasOwn(value, key))) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

function eventOf(verdict: Validated<object>): object {
  if (verdict.ok) return verdict.value;
  throw eventFailure(
    verdict.failures.map(({ path, rule, message }) => ({ in: 'message', path, rule, message })),
    verdict.cause,
  );
}
