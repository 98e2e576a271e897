import { HttpError } from '../errors/http-error.js';
import { inputKeyOf } from './event-properties.js';
import type { EventClass, EventValidator, Validated, ValidationOptions } from './event-validator.js';
import { failedRules } from './failed-rules.js';
import { type Libraries, loadedLibraries, loadLibraries, validatorStorage } from './libraries.js';
import { mendLibrary } from './mended-library.js';
import { type HiddenValues, hideOpaque, reveal } from './opaque-values.js';

/** Failed rules that are reported where the options do not say. */
export const DEFAULT_MAX_ERRORS = 100;

/**
 * A validator that asks the libraries and nothing else: class-transformer's `plainToInstance`, then class-validator's
 * `validate`. Both are imported at its first use. It is what stands in where an event class cannot be compiled, and the
 * oracle of the compiled form's tests. What a `@Transform` or the library throws while transforming is a
 * failed rule `transform`, unless it is an `HttpError`, which passes through; what a custom validator throws passes
 * through as well.
 *
 * @example
 * const verdict = await createLibraryValidator(PlaceOrder, { unknown: 'strip' }).validate(JSON.parse(text));
 */
export function createLibraryValidator<T extends object>(
  eventClass: EventClass<T>,
  options: ValidationOptions,
): LibraryValidator<T> {
  return new LibraryValidator(eventClass, options);
}

/** What {@link createLibraryValidator} makes. */
export class LibraryValidator<T extends object> implements EventValidator<T> {
  readonly #eventClass: EventClass<T>;
  readonly #maxErrors: number;
  readonly #transformOptions: { groups?: string[] };
  readonly #validateOptions: { whitelist: boolean; forbidNonWhitelisted: boolean; groups?: string[] };
  #isTransformed: ((key: string) => boolean) | undefined;

  /** Use {@link createLibraryValidator}. */
  constructor(eventClass: EventClass<T>, { unknown, groups, maxErrors }: ValidationOptions) {
    this.#eventClass = eventClass;
    this.#maxErrors = maxErrors ?? DEFAULT_MAX_ERRORS;
    this.#transformOptions = groups === undefined ? {} : { groups: [...groups] };
    this.#validateOptions = {
      ...this.#transformOptions,
      whitelist: unknown !== 'keep',
      forbidNonWhitelisted: unknown === 'reject',
    };
  }

  explain(): readonly string[] {
    return [`${this.#eventClass.name}: left to the libraries`];
  }

  validate(input: object): Promise<Validated<T>> {
    const libraries = loadedLibraries();
    return libraries === undefined
      ? loadLibraries().then((justLoaded) => this.#validate(justLoaded, input))
      : this.#validate(libraries, input);
  }

  #validate(libraries: Libraries, input: object): Promise<Validated<T>> {
    this.#isTransformed ??= (key) =>
      libraries.transformerStorage.findTransformMetadatas(
        this.#eventClass,
        this.#propertyOf(libraries, key),
        libraries.plainToClass,
      ).length > 0;
    const { input: plain, hidden } = hideOpaque(input, this.#isTransformed);
    let instance: T;
    try {
      instance = this.#toInstance(libraries, plain, hidden);
    } catch (thrown) {
      if (thrown instanceof HttpError) throw thrown;
      return Promise.resolve(this.#transformFailure(libraries, plain, thrown));
    }
    const rules = validatorStorage();
    if (rules !== undefined) mendLibrary(rules);
    return libraries
      .validate(instance, this.#validateOptions)
      .then((errors) =>
        errors.length === 0
          ? { ok: true, value: instance }
          : { ok: false, failures: failedRules(errors, this.#maxErrors) },
      );
  }

  #toInstance(libraries: Libraries, plain: object, hidden: HiddenValues | undefined): T {
    const instance = libraries.plainToInstance(this.#eventClass, plain, this.#transformOptions);
    if (hidden !== undefined) reveal(instance, hidden);
    return instance;
  }

  /** The failure names the property at fault where it can be found; the thrown value is only for the log. */
  #transformFailure(libraries: Libraries, plain: object, cause: unknown): Validated<T> {
    const key = this.#throwingKey(libraries, plain);
    const path = key === undefined ? '' : this.#propertyOf(libraries, key);
    const message = `${path === '' ? 'the event' : path} could not be transformed`;
    return { ok: false, failures: [{ path, rule: 'transform', message }], cause };
  }

  /**
   * Which key of the input makes the transformation throw: each is transformed alone, over a prototype that still shows
   * the other keys to functions that look at the whole input. Exposed properties, which class-transformer reads from
   * every input, are blanked meanwhile. `undefined` where that alone throws: then no key is to blame.
   */
  #throwingKey(libraries: Libraries, plain: object): string | undefined {
    const { transformerStorage: storage, plainToClass } = libraries;
    const exposed = storage
      .getExposedProperties(this.#eventClass, plainToClass)
      .map((property) => [inputKeyOf(this.#eventClass, property, storage), { value: undefined }] as const);
    // Object.create gives any; what it makes is an object.
    const base = Object.create(plain, Object.fromEntries(exposed)) as object;
    const throws = (probe: object): boolean => {
      try {
        libraries.plainToInstance(this.#eventClass, probe, this.#transformOptions);
        return false;
      } catch {
        return true;
      }
    };
    if (throws(base)) return undefined;
    return Object.entries(plain).find(([key, value]) => throws(probeOf(base, key, value)))?.[0];
  }

  /** The property that class-transformer fills from this key. */
  #propertyOf({ transformerStorage }: Libraries, key: string): string {
    // Absent for most keys, whatever the library's types say.
    const exposed = transformerStorage.findExposeMetadataByCustomName(this.#eventClass, key) as
      | { propertyName?: string }
      | undefined;
    return exposed?.propertyName ?? key;
  }
}

/** An object whose only key of its own is this one. */
function probeOf(base: object, key: string, value: unknown): object {
  // Object.create gives any; what it makes is an object.
  return Object.create(base, { [key]: { value, enumerable: true } }) as object;
}
