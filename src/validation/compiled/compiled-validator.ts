import { HttpError } from '../../errors/http-error.js';
import type { EventClass, EventValidator, Validated, ValidationOptions } from '../event-validator.js';
import { isValidatable } from '../event-properties.js';
import { type Libraries, loadedLibraries, loadLibraries } from '../libraries.js';
import { DEFAULT_MAX_ERRORS } from '../library-validator.js';
import { compilationFor } from './compilation.js';
import type { CompiledClass } from './compiled-class.js';
import { type Fault, hasFailure, listFailures } from './fault.js';
import type { Rebuilder } from './rebuilder.js';
import type { RuleRunner } from './rule-runner.js';
import { mayGenerateCode } from './source-writer.js';

/**
 * A validator whose class is compiled at its first event: one function makes the instance, one applies the rules. The
 * answer comes without a promise unless a rule is asynchronous. An input that compiled code does not foresee (uploaded
 * files, a transformation that throws, hostile values) is given to `library` from the start.
 *
 * @param library answers where nothing can be compiled
 */
export function createCompiledValidator<T extends object>(
  eventClass: EventClass<T>,
  options: ValidationOptions,
  library: EventValidator<T>,
): EventValidator<T> {
  return new CompiledValidator(eventClass, options, library);
}

interface Program {
  readonly root: CompiledClass;
  /** Instances are made with unknown properties, because the user's own code may see them before they are stripped. */
  readonly isWhole: boolean;
  readonly rebuilder: Rebuilder;
  readonly runner: RuleRunner;
}

class CompiledValidator<T extends object> implements EventValidator<T> {
  readonly #eventClass: EventClass<T>;
  readonly #options: ValidationOptions;
  readonly #maxErrors: number;
  readonly #library: EventValidator<T>;
  /** `null`: the class is left to the libraries. */
  #program: Program | null | undefined;
  #obstacles: readonly string[] = [];

  constructor(eventClass: EventClass<T>, options: ValidationOptions, library: EventValidator<T>) {
    this.#eventClass = eventClass;
    this.#options = options;
    this.#maxErrors = options.maxErrors ?? DEFAULT_MAX_ERRORS;
    this.#library = library;
  }

  explain(): readonly string[] {
    const libraries = loadedLibraries();
    if (libraries === undefined) return [];
    if (this.#program === undefined) this.#program = this.#compile(libraries);
    return this.#obstacles;
  }

  validate(input: object): Validated<T> | Promise<Validated<T>> {
    if (this.#program === undefined) {
      const libraries = loadedLibraries();
      if (libraries === undefined) return loadLibraries().then(() => this.validate(input));
      this.#program = this.#compile(libraries);
    }
    const program = this.#program;
    if (program === null || !isPlain(input)) return this.#library.validate(input);
    const { rebuilder, runner, root, isWhole } = program;

    // A function of `@Transform` may validate an event of its own meanwhile: what belongs to this one is put aside.
    const outerDirty = rebuilder.dirty;
    const outerDeleted = rebuilder.deleted;
    const outerDoubtful = rebuilder.doubtful;
    rebuilder.dirty = false;
    rebuilder.doubtful = false;
    rebuilder.deleted = undefined;
    let instance: T;
    try {
      // The compiled function makes what class-transformer makes: an instance of the class.
      instance = (isWhole ? root.makeWhole(input) : root.make(input)) as T;
    } catch (thrown) {
      rebuilder.restore();
      rebuilder.dirty = outerDirty;
      rebuilder.doubtful = outerDoubtful;
      rebuilder.deleted = outerDeleted;
      if (thrown instanceof HttpError) throw thrown;
      // The library finds the property at fault, or does what compiled code cannot.
      return this.#library.validate(input);
    }
    const { dirty, doubtful } = rebuilder;
    rebuilder.dirty = outerDirty;
    rebuilder.doubtful = outerDoubtful;
    rebuilder.deleted = outerDeleted;
    // Told while it was made, as for most: nothing is wrong with it.
    if (!doubtful && !dirty) return { ok: true, value: instance };

    const outerPending = runner.pending;
    runner.pending = undefined;
    let faults: Fault[] | undefined;
    try {
      faults = root.check(instance, dirty);
    } catch (thrown) {
      runner.abandon(outerPending);
      throw thrown;
    }
    const pending = runner.take(outerPending);
    if (pending !== undefined) return this.#afterAll(pending, instance, faults ?? []);
    if (faults === undefined) return { ok: true, value: instance };
    return { ok: false, failures: listFailures(faults, this.#maxErrors) };
  }

  /** The verdict when asynchronous rules have answered, which then have added to the faults. */
  async #afterAll(pending: readonly Promise<unknown>[], value: T, faults: readonly Fault[]): Promise<Validated<T>> {
    await Promise.all(pending);
    if (!hasFailure(faults)) return { ok: true, value };
    return { ok: false, failures: listFailures(faults, this.#maxErrors) };
  }

  #compile(libraries: Libraries): Program | null {
    if (!mayGenerateCode()) return this.#leave('this process may not generate code');
    if (!isValidatable(this.#eventClass)) return this.#leave('registerSchema was called');
    const compilation = compilationFor(this.#options, libraries);
    if (compilation === undefined) return this.#leave('no class has a rule');
    const { rebuilder, runner } = compilation;
    const root = compilation.classOf(this.#eventClass);
    const all = compilation.allIn(this.#eventClass);
    this.#obstacles = all.flatMap(({ obstacles }) => obstacles);
    if (!compilation.isCompiled(this.#eventClass)) return null;
    return { root, isWhole: all.some(({ hasUserCode }) => hasUserCode), rebuilder, runner };
  }

  #leave(reason: string): null {
    this.#obstacles = [`${this.#eventClass.name}: ${reason}`];
    return null;
  }
}

/** What a parser makes of JSON or of a form. */
function isPlain(input: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}
