import type { ParsedBody } from '../body/read-body.js';
import type { EventProperty } from '../validation/event-properties.js';
import type { UnknownProperties } from '../validation/event-validator.js';
import { type Converter, converterFor, Misfit } from './convert.js';
import { eventFailure } from './event-failure.js';
import type { EventRequest } from './event-request.js';
import type { EventSource, SourceRecord } from './source-records.js';

/** What an input is read by: all that is known of an event class on one route. */
export interface InputFacts {
  readonly properties: readonly EventProperty[];
  readonly records: readonly SourceRecord[];
  readonly pathParameters: readonly string[];
  /** Where properties come from that neither a decorator nor the path names. */
  readonly defaultSource: 'body' | 'query';
  readonly unknown: UnknownProperties;
}

/** The input of one event: what class-transformer is given. */
export interface EventInput {
  readonly values: object;
  /** Values that did not fit their declared type, by property. */
  readonly misfits: ReadonlyMap<string, Misfit> | undefined;
}

/** One property and how its value becomes the declared type, where it comes as text. */
interface Field {
  readonly property: string;
  readonly inputKey: string;
  readonly exposedNames: readonly string[];
  readonly convert: Converter | undefined;
}

/** A property that is not read by the default source. */
interface BoundField extends Field {
  readonly source: EventSource;
  /** `undefined`: the whole body. */
  readonly name: string | undefined;
}

/**
 * Collects an event's input from the sources of a request. Whatever has a source of its own cannot be given by the
 * default source, neither under the property's name nor under an exposed one.
 */
export class InputReader {
  readonly #facts: InputFacts;
  readonly #bound: readonly BoundField[];
  /** By key of the default source. `undefined`: the key is not for the default source to give. */
  readonly #fields = new Map<string, Field | undefined>();
  readonly #sources = new Map<string, EventSource>();
  readonly #takesWholeBody: boolean;
  readonly #needsObjectBody: boolean;

  constructor(facts: InputFacts) {
    this.#facts = facts;
    const records = new Map(facts.records.map((record) => [record.property, record]));
    const bound: BoundField[] = [];
    const free: Field[] = [];
    for (const property of facts.properties) {
      const convert = property.transformed ? undefined : converterFor(property.type, property.list);
      const { name, inputKey, exposedNames } = property;
      const field = { property: name, inputKey, exposedNames, convert };
      const place = placeOf(property, records.get(name), facts.pathParameters);
      if (place === undefined) free.push(field);
      else bound.push({ ...field, ...place });
      this.#sources.set(name, place?.source ?? facts.defaultSource);
    }
    this.#bound = bound;
    // What a field with a name of its own takes from the default source is not unknown there.
    for (const { source, name } of bound) {
      if (source === facts.defaultSource && name !== undefined) this.#fields.set(name, undefined);
    }
    // An exposed name goes before a property's own, as class-transformer looks them up.
    for (const field of free) this.#fields.set(field.property, field);
    for (const field of free) for (const name of field.exposedNames) this.#fields.set(name, field);
    for (const { property, exposedNames } of bound) {
      for (const name of [property, ...exposedNames]) this.#fields.set(name, undefined);
    }

    this.#takesWholeBody = bound.some(({ source, name }) => source === 'body' && name === undefined);
    this.#needsObjectBody =
      bound.some(({ source }) => source === 'body') ||
      (facts.defaultSource === 'body' && (free.length > 0 || facts.unknown === 'reject'));
  }

  /** Where a failed rule's value came from; `path` as in `FailedRule`. */
  sourceOf(path: string): EventSource {
    if (this.#bound.length === 0) return this.#facts.defaultSource;
    return this.#sources.get(path) ?? this.#sources.get(rootOf(path)) ?? this.#facts.defaultSource;
  }

  /** @throws HttpError where the body is JSON but no object, and properties are to be read from it. */
  read(request: EventRequest, body: ParsedBody | undefined): EventInput {
    const fields = this.#fieldsOf(body);
    const isText = body?.kind !== 'json';
    // A JSON body alone is the input as it stands: the common case, without a copy.
    if (this.#facts.defaultSource === 'body' && this.#bound.length === 0 && !isText) {
      return { values: fields ?? {}, misfits: undefined };
    }
    const draft = new InputDraft();
    if (this.#facts.defaultSource === 'query') this.#readDefault(draft, request.query, true, false);
    else if (fields !== undefined) this.#readDefault(draft, fields, isText, this.#takesWholeBody);
    for (const field of this.#bound) {
      if (field.source !== 'body') draft.set(field, own(mapOf(request, field.source), field.name), true);
      else if (field.name !== undefined) draft.set(field, own(fields, field.name), isText);
      else draft.set(field, wholeOf(body), false);
    }
    return draft;
  }

  /** The fields of the body's object. */
  #fieldsOf(body: ParsedBody | undefined): Readonly<Record<string, unknown>> | undefined {
    if (body?.kind === 'form' || body?.kind === 'multipart') return body.value;
    if (body?.kind !== 'json') return undefined;
    if (isRecord(body.value)) return body.value;
    if (this.#takesWholeBody || !this.#needsObjectBody) return undefined;
    throw eventFailure([{ in: 'body', path: '', rule: 'object', message: 'the body must be a JSON object' }]);
  }

  #readDefault(
    draft: InputDraft,
    source: Readonly<Record<string, unknown>>,
    isText: boolean,
    onlyKnown: boolean,
  ): void {
    for (const key of Object.keys(source)) {
      const field = this.#fields.get(key);
      if (field !== undefined) draft.setKey(key, field, source[key], isText);
      else if (!onlyKnown && !this.#fields.has(key)) draft.keep(key, source[key]);
    }
  }
}

/** An input while it is collected. */
class InputDraft implements EventInput {
  readonly values: Record<string, unknown> = {};
  misfits: Map<string, Misfit> | undefined;

  set(field: Field, raw: unknown, isText: boolean): void {
    if (raw !== undefined) this.setKey(field.inputKey, field, raw, isText);
  }

  setKey(key: string, { property, convert }: Field, raw: unknown, isText: boolean): void {
    const value = isText && convert !== undefined ? convert(raw) : raw;
    if (value instanceof Misfit) {
      this.misfits ??= new Map();
      this.misfits.set(property, value);
      this.keep(key, value.handedOver);
    } else this.keep(key, value);
  }

  keep(key: string, value: unknown): void {
    // class-transformer ignores this key, and assigning it would change the prototype.
    if (key !== '__proto__') this.values[key] = value;
  }
}

/** The source and name of a property that does not come from the default source. */
function placeOf(
  { name, inputKey }: EventProperty,
  record: SourceRecord | undefined,
  pathParameters: readonly string[],
): { source: EventSource; name: string | undefined } | undefined {
  const parameter = pathParameters.includes(inputKey) ? inputKey : name;
  if (record === undefined) return pathParameters.includes(parameter) ? { source: 'path', name: parameter } : undefined;
  const { source } = record;
  if (source === 'body' || record.name !== undefined) return { source, name: record.name };
  return { source, name: source === 'path' ? parameter : inputKey };
}

function mapOf(request: EventRequest, source: Exclude<EventSource, 'body'>): Readonly<Record<string, unknown>> {
  if (source === 'path') return request.params;
  if (source === 'query') return request.query;
  return source === 'header' ? request.headers : request.cookies;
}

/** A property named `constructor` must not be found in the prototype of a map that has one. */
function own(map: Readonly<Record<string, unknown>> | undefined, name: string | undefined): unknown {
  return map !== undefined && name !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

function wholeOf(body: ParsedBody | undefined): unknown {
  return body === undefined || body.kind === 'none' ? undefined : body.value;
}

/** Whether a JSON value is an object that is no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first step of a failed rule's path: `lines` of `lines[0].quantity`. */
export function rootOf(path: string): string {
  const end = path.search(/[.[]/);
  return end === -1 ? path : path.slice(0, end);
}
