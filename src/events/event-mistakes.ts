import {
  designTypeOf,
  inputKeyOf,
  isDecorated,
  isValidatable,
  ruledProperties,
  rulesOf,
  transformedProperties,
} from '../validation/event-properties.js';
import type { EventClass } from '../validation/event-validator.js';
import { transformerStorageNow } from '../validation/libraries.js';
import { sourcesOf } from './source-records.js';

/** What is wrong with an event class on a route, and what to do about it. */
export interface EventMistake {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * The mistakes of an event class that can be proved before any request: see DESIGN section 3.
 * A declared type of `Function`, which a class imported by `import type` leaves behind, is none: a property with
 * `@Allow()` works without its type.
 */
export function mistakesOf(
  eventClass: EventClass,
  pathParameters: readonly string[],
  defaultSource: 'body' | 'query' = 'body',
): readonly EventMistake[] {
  if (!isValidatable(eventClass)) return [schemaRegistered(eventClass)];
  const records = sourcesOf(eventClass);
  const properties = [...new Set([...ruledProperties(eventClass), ...records.map(({ property }) => property)])];
  if (properties.length === 0) return [nothingDeclared(eventClass)];
  if (!properties.some((property) => isDecorated(eventClass, property))) return [typesMissing(eventClass)];
  return [
    ...undefinedTypes(eventClass, properties),
    ...missingParameters(eventClass, pathParameters),
    ...severalWholeBodies(eventClass),
    ...untypedConversions(eventClass, pathParameters, defaultSource),
  ];
}

function schemaRegistered(eventClass: EventClass): EventMistake {
  return {
    problem: `class-validator cannot validate ${eventClass.name}, because registerSchema was called`,
    remedy: 'validate by classes alone: remove the call of registerSchema',
  };
}

function nothingDeclared(eventClass: EventClass): EventMistake {
  const storage = transformerStorageNow();
  const remedy = 'decorate its properties with the rules of class-validator, or with @Allow() where any value will do';
  if (storage !== undefined && transformedProperties(eventClass, storage).length > 0) {
    return {
      problem: `${eventClass.name} has no property with a rule of class-validator, which would refuse every event`,
      remedy,
    };
  }
  return { problem: `${eventClass.name} has no decorated property, so nothing could be read into it`, remedy };
}

/** Not one property has a declared type: text would never be converted, and `@IsInt() id` would refuse every request. */
function typesMissing(eventClass: EventClass): EventMistake {
  return {
    problem: `the types of ${eventClass.name}'s properties are unknown: no metadata was emitted, or its file was loaded before yunction`,
    remedy:
      'compile with "emitDecoratorMetadata" (tsc, swc or oxc), and let `import … from \'yunction\'` be the first import of main.ts',
  };
}

/** The compiler emits `undefined` for a class that does not exist yet, which only an import circle explains. */
function undefinedTypes(eventClass: EventClass, properties: readonly string[]): EventMistake[] {
  return properties
    .filter((property) => isDecorated(eventClass, property) && designTypeOf(eventClass, property) === undefined)
    .map((property) => ({
      problem: `the type of ${eventClass.name}.${property} was undefined when the class was decorated`,
      remedy: 'break the circle of imports between the two classes, or move them into one file in order of use',
    }));
}

function missingParameters(eventClass: EventClass, pathParameters: readonly string[]): EventMistake[] {
  return sourcesOf(eventClass)
    .filter(({ source, property, name }) => {
      if (source !== 'path' || pathParameters.includes(name ?? property)) return false;
      const storage = name === undefined ? transformerStorageNow() : undefined;
      return storage === undefined || !pathParameters.includes(inputKeyOf(eventClass, property, storage));
    })
    .map(({ property, name }) => ({
      problem: `${eventClass.name}.${property} is read from the path parameter ${name ?? property}, which the path does not have`,
      remedy: `add :${name ?? property} to the path, or name one of its parameters: @FromPath('…')`,
    }));
}

/** Rules that text can pass only when it was converted, which it is by the declared type. */
const RULES_OF_CONVERTED = new Set([
  'isInt',
  'isNumber',
  'isPositive',
  'isNegative',
  'min',
  'max',
  'isBoolean',
  'isDate',
]);

/** `@IsInt() page = 1`: the compiler emits no type for a property that has none written, and no query would ever pass. */
function untypedConversions(
  eventClass: EventClass,
  pathParameters: readonly string[],
  defaultSource: 'body' | 'query',
): EventMistake[] {
  const sources = new Map(sourcesOf(eventClass).map(({ property, source }) => [property, source]));
  return ruledProperties(eventClass)
    .filter((property) => {
      if (designTypeOf(eventClass, property) !== Object) return false;
      const source = sources.get(property) ?? (pathParameters.includes(property) ? 'path' : defaultSource);
      if (source === 'body') return false;
      const rule = rulesOf(eventClass, property).find((name) => RULES_OF_CONVERTED.has(name));
      // @Type and @Transform say by themselves what becomes of the text.
      const storage = rule === undefined ? undefined : transformerStorageNow();
      return (
        rule !== undefined && (storage === undefined || !transformedProperties(eventClass, storage).includes(property))
      );
    })
    .map((property) => ({
      problem: `${eventClass.name}.${property} has a rule for numbers, booleans or dates, and no declared type that text could be converted to`,
      remedy: `write the type, which the compiler then emits: \`${property}: number = …\``,
    }));
}

function severalWholeBodies(eventClass: EventClass): EventMistake[] {
  const takers = sourcesOf(eventClass).filter(({ source, name }) => source === 'body' && name === undefined);
  if (takers.length < 2) return [];
  const names = takers.map(({ property }) => property).join(' and ');
  return [
    {
      problem: `${names} of ${eventClass.name} each take the whole body`,
      remedy: "keep @FromBody() on one of them, and name a key of the body on the others: @FromBody('…')",
    },
  ];
}
