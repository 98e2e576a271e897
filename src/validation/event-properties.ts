import 'reflect-metadata';
import type { MetadataStorage as TransformerStorage } from 'class-transformer/types/MetadataStorage.js';
import type { EventClass } from './event-validator.js';
import { type Libraries, validatorStorage } from './libraries.js';

/** What a property of an event class is declared to be, so far as it matters for reading it from a request. */
export interface EventProperty {
  readonly name: string;
  /** The key of the input that class-transformer reads: the name in `@Expose({ name })`, else the property's own. */
  readonly inputKey: string;
  /**
   * Every name that `@Expose` gives it, inherited and output-only ones too: class-transformer fills the property from
   * any of these, and from its own name.
   */
  readonly exposedNames: readonly string[];
  /**
   * The declared class (`Number`, `Date`, …), of the elements where `list`; an enum object where the compiler emits
   * one; `undefined` where nothing is known. `@Type` goes before the compiler's word.
   */
  readonly type: unknown;
  /** Declared as an array or a Set. */
  readonly list: boolean;
  /** Has a `@Transform` that makes instances: it is given the raw value. */
  readonly transformed: boolean;
}

/** Names of the properties with a rule of class-validator, of any group, inherited ones last. Loads nothing. */
export function ruledProperties(eventClass: EventClass): readonly string[] {
  const storage = validatorStorage();
  if (storage === undefined || !isValidatable(eventClass)) return [];
  const rules = storage.getTargetValidationMetadatas(eventClass, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

/** The names of a property's rules, such as `isInt`. Loads nothing. */
export function rulesOf(eventClass: EventClass, property: string): readonly string[] {
  const rules = validatorStorage()?.getTargetValidationMetadatas(eventClass, '', false, false) ?? [];
  return rules.filter(({ propertyName }) => propertyName === property).map(({ name, type }) => name ?? type);
}

/**
 * Whether class-validator can validate the class at all. After `registerSchema` it cannot validate any: it compares
 * every class with the schema's name, and throws.
 */
export function isValidatable(eventClass: EventClass): boolean {
  try {
    validatorStorage()?.getTargetValidationMetadatas(eventClass, '', false, false);
    return true;
  } catch {
    return false;
  }
}

/** Whether any decorator stands on the property, whosever it is: the compiler then emits its type. Loads nothing. */
export function isDecorated(eventClass: EventClass, property: string): boolean {
  return Reflect.hasMetadata('design:type', eventClass.prototype, property);
}

/** The type that the compiler emitted. */
export function designTypeOf(eventClass: EventClass, property: string): unknown {
  return Reflect.getMetadata('design:type', eventClass.prototype, property);
}

/** Names of the properties with `@Expose`, `@Type` or `@Transform`, inherited ones included. */
export function transformedProperties(eventClass: EventClass, storage: TransformerStorage): readonly string[] {
  // The storage lists only the exposed ones publicly. A version without these fields would give fewer names, no error.
  const maps = [Reflect.get(storage, '_typeMetadatas'), Reflect.get(storage, '_transformMetadatas')] as (
    | Map<unknown, Map<string, unknown>>
    | undefined
  )[];
  const names = new Set<string>();
  for (const { propertyName } of storage.getExposedMetadatas(eventClass)) {
    if (propertyName !== undefined) names.add(propertyName);
  }
  for (let owner: unknown = eventClass; typeof owner === 'function'; owner = Object.getPrototypeOf(owner)) {
    for (const map of maps) for (const name of map?.get(owner)?.keys() ?? []) names.add(name);
  }
  return [...names];
}

/** The key of the input that fills a property: see `EventProperty.inputKey`. */
export function inputKeyOf(eventClass: EventClass, property: string, storage: TransformerStorage): string {
  // Found metadata may be absent, whatever the library's types say.
  const exposed = storage.findExposeMetadata(eventClass, property) as { options?: ExposeNaming } | undefined;
  const { name, toPlainOnly, toClassOnly } = exposed?.options ?? {};
  return name === undefined || (toPlainOnly === true && toClassOnly !== true) ? property : name;
}

interface ExposeNaming {
  name?: string;
  toPlainOnly?: boolean;
  toClassOnly?: boolean;
}

/**
 * All that is known of the properties that an event class declares, by either library or by `others` (the properties
 * with a decorator of Yunction's own).
 */
export function propertiesOf(
  eventClass: EventClass,
  others: readonly string[],
  groups: readonly string[] | undefined,
  libraries: Libraries,
): readonly EventProperty[] {
  const storage = libraries.transformerStorage;
  const exposed = storage.getExposedMetadatas(eventClass);
  const names = new Set([...ruledProperties(eventClass), ...others, ...transformedProperties(eventClass, storage)]);
  return [...names].map((name) => {
    const design = designTypeOf(eventClass, name);
    const list = design === Array || design === Set;
    const given = typeGivenFor(eventClass, name, storage);
    return {
      name,
      inputKey: inputKeyOf(eventClass, name, storage),
      exposedNames: exposed.flatMap(({ propertyName, options }) => {
        return propertyName === name && options.name !== undefined ? [options.name] : [];
      }),
      type: given ?? (list ? undefined : design),
      list,
      transformed: storage
        .findTransformMetadatas(eventClass, name, libraries.plainToClass)
        .some(({ options }) => appliesTo(options?.groups, groups)),
    };
  });
}

/** What `@Type` says. */
function typeGivenFor(eventClass: EventClass, property: string, storage: TransformerStorage): unknown {
  // Absent for most properties, whatever the library's types say.
  const typeFunction = (storage.findTypeMetadata(eventClass, property) as { typeFunction?: TypeFunction } | undefined)
    ?.typeFunction;
  try {
    return typeFunction?.({ newObject: {}, object: {}, property });
  } catch {
    // A type that depends on the input has no answer without one: class-transformer will ask again with it.
    return undefined;
  }
}

type TypeFunction = (help: { newObject: object; object: object; property: string }) => unknown;

/** class-transformer's reading of groups on `@Transform`. */
function appliesTo(own: readonly string[] | undefined, asked: readonly string[] | undefined): boolean {
  if (asked === undefined || asked.length === 0) return own === undefined || own.length === 0;
  return own === undefined || own.some((group) => asked.includes(group));
}
