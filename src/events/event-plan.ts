import type { ParsedBody } from '../body/read-body.js';
import { type EventError, HttpError } from '../errors/http-error.js';
import { allowProperties } from '../validation/allowed-properties.js';
import { createValidator } from '../validation/create-validator.js';
import { propertiesOf } from '../validation/event-properties.js';
import type { EventClass, EventValidator, Validated, ValidationOptions } from '../validation/event-validator.js';
import { type Libraries, loadedLibraries, loadLibraries } from '../validation/libraries.js';
import { DEFAULT_MAX_ERRORS } from '../validation/library-validator.js';
import type { Misfit } from './convert.js';
import { eventFailure } from './event-failure.js';
import { InputReader, rootOf } from './event-input.js';
import type { EventRequest } from './event-request.js';
import { type SourceRecord, sourcesOf } from './source-records.js';
import { unreadPathParameters } from './unread-path-parameters.js';

export type { EventRequest } from './event-request.js';
export { type MessagePlan, planMessage } from './message-plan.js';

/** What one route says of its event. */
export interface EventPlanInput {
  readonly eventClass: EventClass;
  readonly pathParameters: readonly string[];
  /** Whether requests of this route usually carry a body, which then is the default source; else the query is. */
  readonly methodHasBody: boolean;
  readonly options: ValidationOptions;
}

/** How the event of one route is read. */
export interface EventPlan {
  /** A property or the default source reads from the body, so it must be read first. */
  readonly needsBody: boolean;
  /** Parameters of the path that no property reads: a mistake, for the check at start. */
  readonly unreadPathParameters: readonly string[];
  /**
   * The event, validated; or the `HttpError` `VALIDATION_FAILED`, with one entry per failed rule, which is returned
   * because to throw it costs more than to find it.
   * @throws (or rejects with) HttpError: `VALIDATION_FAILED` where the body is no object, `UNSUPPORTED_MEDIA_TYPE` where
   * it is neither JSON nor a form. What a custom validator throws passes through.
   */
  read(request: EventRequest, body: ParsedBody | undefined): object | Promise<object>;
  /** What of the event class is left to the libraries, and why: see `EventValidator.explain`. Compiles the class. */
  explain(): Promise<readonly string[]>;
}

/**
 * Plans the event of one route: called once for each, at start, from metadata that costs nothing to read. What needs
 * the libraries is planned at the first request, when they are loaded.
 */
export function planEvent(input: EventPlanInput): EventPlan {
  return new LazyEventPlan(input);
}

class LazyEventPlan implements EventPlan {
  readonly needsBody: boolean;
  readonly unreadPathParameters: readonly string[];
  readonly #input: EventPlanInput;
  readonly #records: readonly SourceRecord[];
  readonly #validator: EventValidator<object>;
  readonly #settle: (verdict: Validated<object>) => object;
  #reader: InputReader | undefined;

  constructor(input: EventPlanInput) {
    this.#input = input;
    this.#records = sourcesOf(input.eventClass);
    this.#validator = createValidator(input.eventClass, input.options);
    this.#settle = (verdict) => this.#eventOf(verdict, undefined);
    this.needsBody = input.methodHasBody || this.#records.some(({ source }) => source === 'body');
    this.unreadPathParameters = unreadPathParameters(input.eventClass, input.pathParameters);
  }

  read(request: EventRequest, body: ParsedBody | undefined): object | Promise<object> {
    if (this.needsBody && (body?.kind === 'text' || body?.kind === 'bytes')) {
      throw HttpError.of(
        'UNSUPPORTED_MEDIA_TYPE',
        'send application/json, application/x-www-form-urlencoded or multipart/form-data',
      );
    }
    const libraries = loadedLibraries();
    return libraries === undefined
      ? loadLibraries().then((justLoaded) => this.#read(justLoaded, request, body))
      : this.#read(libraries, request, body);
  }

  async explain(): Promise<readonly string[]> {
    this.#reader ??= this.#createReader(await loadLibraries());
    return this.#validator.explain();
  }

  #read(libraries: Libraries, request: EventRequest, body: ParsedBody | undefined): object | Promise<object> {
    this.#reader ??= this.#createReader(libraries);
    const { values, misfits } = this.#reader.read(request, body);
    const verdict = this.#validator.validate(values);
    if (!(verdict instanceof Promise)) return this.#eventOf(verdict, misfits);
    return verdict.then(misfits === undefined ? this.#settle : (settled) => this.#eventOf(settled, misfits));
  }

  #createReader(libraries: Libraries): InputReader {
    const { eventClass, pathParameters, methodHasBody, options } = this.#input;
    const sourced = this.#records.map(({ property }) => property);
    allowProperties(eventClass, sourced, libraries);
    return new InputReader({
      properties: propertiesOf(eventClass, sourced, options.groups, libraries),
      records: this.#records,
      pathParameters,
      defaultSource: methodHasBody ? 'body' : 'query',
      unknown: options.unknown,
    });
  }

  #eventOf(verdict: Validated<object>, misfits: ReadonlyMap<string, Misfit> | undefined): object {
    if (verdict.ok && misfits === undefined) return verdict.value;
    const errors: EventError[] = [];
    for (const { path, rule, message } of verdict.ok ? [] : verdict.failures) {
      if (misfits === undefined || misfits.get(rootOf(path))?.repeated !== true)
        errors.push({ in: this.#sourceOf(path), path, rule, message });
    }
    for (const [property, { expectation, each }] of misfits ?? []) {
      if (errors.some(({ path }) => rootOf(path) === property)) continue; // the rules have said so in their own words
      const message = `${each ? 'each value in ' : ''}${property} ${expectation}`;
      errors.push({ in: this.#sourceOf(property), path: property, rule: 'type', message });
    }
    const maxErrors = this.#input.options.maxErrors ?? DEFAULT_MAX_ERRORS;
    return eventFailure(errors.slice(0, maxErrors), verdict.ok ? undefined : verdict.cause);
  }

  #sourceOf(path: string): EventError['in'] {
    return this.#reader?.sourceOf(path) ?? 'body';
  }
}
