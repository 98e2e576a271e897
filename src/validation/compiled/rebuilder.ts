import type { ClassTransformOptions, TypeHelpOptions, TypeMetadata, TypeOptions } from 'class-transformer';
import type { Libraries } from '../libraries.js';
import { holdsOpaque, isOpaque } from '../opaque-values.js';
import type { CompiledClass } from './compiled-class.js';
import { copyPlain } from './copy-plain.js';

/** Thrown where only the whole library can do: it is given the input from the start. */
export const BEYOND_COMPILED = new Error('left to the libraries');

/** How deep in an input opaque values are looked for. */
const DEPTH_OF_OPAQUE = 2;
const NO_ARRAY_TYPE = undefined;
const PLAIN: object = Object.prototype;
/** Classes whose instances class-transformer makes by rules of their own. */
const BUILT_IN = new Set<unknown>([
  Object,
  Array,
  Map,
  Set,
  Promise,
  Buffer,
  Date,
  String,
  Number,
  Boolean,
  BigInt,
  Symbol,
]);

/**
 * What class-transformer's `TransformOperationExecutor.transform` makes of a value from plain input, where the generated
 * code does not do it itself. Objects of event classes go to their compiled functions; what is neither plain nor a Date
 * goes to the library.
 */
export class Rebuilder {
  /**
   * Something has been made that the plans do not vouch for, so that it may hold unknown properties: set here and by
   * generated code, reset around each input.
   */
  dirty = false;
  /** The verdict cannot be told from how the instance was made: its rules must be applied. Set and reset likewise. */
  doubtful = false;
  /** What has been deleted from the present input. */
  deleted: { value: object; property: string; name: unknown }[] | undefined;
  /** What class-transformer tells functions of `@Transform` about the call: all its options. */
  readonly options: ClassTransformOptions;
  readonly #libraries: Libraries;
  readonly #classOf: (target: Function) => CompiledClass;

  constructor(libraries: Libraries, groups: string[] | undefined, classOf: (target: Function) => CompiledClass) {
    this.#libraries = libraries;
    this.#classOf = classOf;
    // The library writes undefined where its types want nothing.
    this.options = { ...DEFAULT_OPTIONS, groups } as object;
  }

  /** A value of which no type is known: copied. */
  untyped(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const copy: unknown[] = [];
      // forEach passes over holes, as the library does.
      value.forEach((item) => copy.push(typeof item === 'object' && item !== null ? this.untyped(item) : item));
      return copy;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== PLAIN && prototype !== null) return this.#exotic(value, undefined, false);
    // With a `constructor` of its own, the library takes that for the value's class.
    if (Object.hasOwn(value, 'constructor') || isThenable(value)) return this.library(value, undefined, false);
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (key in PLAIN) continue; // the library passes over the names of methods, and over __proto__
      const item: unknown = Reflect.get(value, key);
      copy[key] = typeof item === 'object' && item !== null ? this.untyped(item) : item;
    }
    return copy;
  }

  /**
   * A value of a property or element whose type is known.
   * @param type what `@Type` answered
   * @param arrayType the declared type of the property, which decides what an array becomes
   * @param isMap the property is declared as a Map
   */
  typed(value: unknown, type: unknown, arrayType: unknown, isMap: boolean): unknown {
    // Numbers in a list are judged one by one; what stands in a list of objects may be anything.
    if (!isScalar(type) && type !== Date) this.doubtful = true;
    if (typeof value !== 'object' || value === null) return isMap ? value : this.#scalar(value, type);
    if (Array.isArray(value)) {
      return this.#list(value, arrayType, (item) => this.typed(item, type, undefined, false));
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if ((prototype !== PLAIN && prototype !== null) || isMap || isThenable(value)) {
      return this.#exotic(value, type, isMap);
    }
    if (type === undefined) return this.untyped(value);
    if (type === String || type === Number || type === Boolean || type === Date) return this.#scalar(value, type);
    if (typeof type !== 'function' || BUILT_IN.has(type)) return this.library(value, type, isMap);
    return this.#classOf(type).makeWhole(value);
  }

  /** A value of a property whose class is told by one of the value's own properties. */
  discriminated(
    { typeFunction, options, reflectedType }: TypeMetadata,
    newObject: object,
    object: object,
    property: string,
    value: unknown,
  ): unknown {
    const general: unknown = typeFunction({ newObject, object, property });
    const isMap = value instanceof Map || reflectedType === Map;
    if (options.discriminator === undefined) return this.typed(value, general, reflectedType, isMap);
    if (Array.isArray(value)) {
      return this.#list(value, reflectedType, (item) => {
        // Without an object to ask, the library throws or asks in vain: it shall do so itself.
        if (typeof item !== 'object' || item === null) throw BEYOND_COMPILED;
        // The library leaves the property out for elements, whatever its types say.
        const help = { newObject: [], object: item, property: undefined } as unknown as TypeHelpOptions;
        return this.typed(item, this.#subType(item, options, typeFunction(help)), undefined, false);
      });
    }
    const isTold = value instanceof Object && options.discriminator.property in value;
    const type = isTold ? this.#subType(value, options, general) : general;
    return this.typed(value, type, reflectedType, isMap);
  }

  /** The class that the discriminator tells; the property that told it is deleted from the input, as the library does. */
  #subType(value: object, { discriminator, keepDiscriminatorProperty }: TypeOptions, general: unknown): unknown {
    if (discriminator === undefined) return general;
    const name: unknown = Reflect.get(value, discriminator.property);
    const subType = discriminator.subTypes.find((candidate) => candidate.name === name);
    if (keepDiscriminatorProperty !== true && Object.hasOwn(value, discriminator.property)) {
      (this.deleted ??= []).push({ value, property: discriminator.property, name });
      Reflect.deleteProperty(value, discriminator.property);
    }
    return subType === undefined ? general : subType.value;
  }

  /** Gives back what has been deleted from the input, so that the library can read it from the start. */
  restore(): void {
    for (const { value, property, name } of this.deleted ?? []) Reflect.set(value, property, name);
  }

  /** What the library makes of the value. */
  library(value: unknown, type: unknown, isMap: boolean): unknown {
    // From the start, the library is shown stands in place of these.
    if (holdsOpaque(value, DEPTH_OF_OPAQUE)) throw BEYOND_COMPILED;
    this.dirty = true;
    this.doubtful = true;
    const executor = new this.#libraries.Executor(this.#libraries.plainToClass, this.options);
    // A copy, since the library deletes discriminators: should something throw, the input must still be whole.
    const copy = copyPlain(value);
    // The library itself hands on types that are no functions, and no declared type of what is no array.
    return executor.transform(
      undefined,
      copy,
      type as Function,
      NO_ARRAY_TYPE as unknown as Function,
      isMap,
      1,
    ) as unknown;
  }

  #list(items: readonly unknown[], arrayType: unknown, rebuild: (item: unknown) => unknown): unknown {
    if (arrayType === Set) {
      const set = new Set<unknown>();
      items.forEach((item) => set.add(rebuild(item)));
      return set;
    }
    if (arrayType !== undefined && arrayType !== Array && arrayType !== Object) {
      // The library constructs the declared type to see whether it is a list: only plain ones are foreseen here.
      if (!BUILT_IN.has(arrayType) || arrayType === Promise || arrayType === BigInt || arrayType === Symbol) {
        throw BEYOND_COMPILED;
      }
    }
    const list: unknown[] = [];
    items.forEach((item) => list.push(rebuild(item)));
    return list;
  }

  #scalar(value: unknown, type: unknown): unknown {
    if (value === null || value === undefined) return value;
    // oxlint-disable-next-line typescript/no-base-to-string -- what the library makes of an object
    if (type === String) return String(value);
    if (type === Number) return Number(value);
    if (type === Boolean) return Boolean(value);
    // What cannot be a Date throws here as it does in the library.
    if (type === Date) return new Date(value as string);
    if (type === Buffer) return this.library(value, type, false);
    return value;
  }

  #exotic(value: object, type: unknown, isMap: boolean): unknown {
    this.doubtful = true;
    if (value instanceof Date && !isMap && !isScalar(type)) return new Date(value.valueOf());
    if (isOpaque(value)) throw BEYOND_COMPILED;
    // The declared type is only asked of arrays.
    return this.library(value, type, isMap || value instanceof Map);
  }
}

function isScalar(type: unknown): boolean {
  return type === String || type === Number || type === Boolean;
}

function isThenable(value: object): boolean {
  return typeof Reflect.get(value, 'then') === 'function';
}

/** class-transformer/cjs/constants/default-options.constant.js */
const DEFAULT_OPTIONS = {
  enableCircularCheck: false,
  enableImplicitConversion: false,
  excludeExtraneousValues: false,
  excludePrefixes: undefined,
  exposeDefaultValues: false,
  exposeUnsetFields: true,
  groups: undefined,
  ignoreDecorators: false,
  strategy: undefined,
  targetMaps: undefined,
  version: undefined,
};
