import type { MetadataStorage } from 'class-validator';
import type { EventClass, ValidationOptions } from '../event-validator.js';
import { failedRules } from '../failed-rules.js';
import { type Libraries, validatorStorage } from '../libraries.js';
import { mendLibrary } from '../mended-library.js';
import { generateCheck } from './check-code.js';
import { type CheckPlan, planChecks } from './check-plan.js';
import type { CompiledClass } from './compiled-class.js';
import { Fault } from './fault.js';
import { generateMake } from './make-code.js';
import { Reference } from './own-rule.js';
import { planReads, type ReadPlan } from './read-plan.js';
import { Rebuilder } from './rebuilder.js';
import { RuleRunner } from './rule-runner.js';
import { planVerdict, type WriteVerdict } from './verdict-code.js';

/** All classes that have been compiled with the same options; a class is compiled once, with the classes in it. */
export class Compilation {
  readonly rebuilder: Rebuilder;
  readonly runner: RuleRunner;
  readonly #libraries: Libraries;
  readonly #storage: MetadataStorage;
  readonly #options: ValidationOptions;
  readonly #groups: string[] | undefined;
  readonly #classes = new Map<unknown, CompiledClass>();
  /** The classes that the properties of a class are known to be of. */
  readonly #inner = new Map<unknown, ReadonlySet<unknown>>();
  readonly #made = new Set<unknown>();

  constructor(options: ValidationOptions, libraries: Libraries, storage: MetadataStorage) {
    this.#options = options;
    this.#libraries = libraries;
    this.#storage = storage;
    this.#groups = options.groups === undefined ? undefined : [...options.groups];
    this.rebuilder = new Rebuilder(libraries, this.#groups, this.classOf);
    this.runner = new RuleRunner(this.classOf);
  }

  /** The compiled form of a class: compiled now, where that has not been done. */
  readonly classOf = (target: unknown): CompiledClass => {
    const known = this.#classes.get(target);
    if (known !== undefined) return known;
    // Of an object, the library makes one.
    const make = (value: object): object => this.rebuilder.library(value, target, false) as object;
    const compiled: CompiledClass = {
      make,
      makeWhole: make,
      check: (instance) => this.#checkByLibrary(instance),
      obstacles: [],
      hasUserCode: false,
      isReady: false,
    };
    // Before its functions are there: a class may be found inside itself.
    this.#classes.set(target, compiled);
    this.#compile(target, compiled);
    compiled.isReady = true;
    return compiled;
  };

  /** Whether instances of the class are made by compiled code; where they are not, the library may as well do all. */
  isCompiled(target: Function): boolean {
    return this.#made.has(target);
  }

  /** The compiled form of a class and of all classes that its properties are known to be of. */
  allIn(target: unknown, found = new Map<unknown, CompiledClass>()): readonly CompiledClass[] {
    if (!found.has(target)) {
      found.set(target, this.classOf(target));
      for (const inner of this.#inner.get(target) ?? []) this.allIn(inner, found);
    }
    return [...found.values()];
  }

  #compile(target: unknown, compiled: CompiledClass): void {
    if (!isClass(target)) {
      compiled.obstacles = ['a type that is no class'];
      return;
    }
    mendLibrary(this.#storage);
    const checks = planChecks(target, this.#groups, this.#storage);
    const reads = planReads(target, checks.allowed, this.#groups, this.#libraries);
    const made = isNative(target) ? ['a class of the language'] : reads.obstacles;
    compiled.obstacles = [...new Set([...made, ...checks.obstacles])].map((reason) => `${target.name}: ${reason}`);
    const inner = new Set<unknown>();
    this.#inner.set(target, inner);
    const classOf = (type: Function): CompiledClass => {
      inner.add(type);
      return this.classOf(type);
    };
    if (made.length === 0) {
      const verdict = planVerdict({
        plan: checks,
        reads: reads.reads,
        libraries: this.#libraries,
        expectedClass: (property) => expectedClass(property, reads),
      });
      const isStrip = this.#options.unknown === 'strip';
      // What is stripped afterwards has its rules applied afterwards, too.
      const makeWhole = (): CompiledClass['make'] =>
        this.#make(target, checks, reads, classOf, { isWhole: true, verdict: isStrip ? undefined : verdict });
      if (isStrip) {
        compiled.make = this.#make(target, checks, reads, classOf, { isWhole: false, verdict });
        // Compiled when it is first called, since it may never be.
        compiled.makeWhole = (value) => (compiled.makeWhole = makeWhole())(value);
      } else {
        compiled.make = makeWhole();
        compiled.makeWhole = compiled.make;
      }
      this.#made.add(target);
    }
    compiled.hasUserCode = reads.reads.some(({ type, transforms }) => type !== undefined && transforms.length > 0);
    const onUserCode = (): void => {
      compiled.hasUserCode = true;
    };
    if (checks.obstacles.length === 0) compiled.check = this.#check(checks, reads, classOf, onUserCode);
  }

  #make(
    eventClass: EventClass,
    { allowed, properties }: CheckPlan,
    plan: ReadPlan,
    classOf: ClassOf,
    form: { isWhole: boolean; verdict: WriteVerdict | undefined },
  ): CompiledClass['make'] {
    const nested = properties.filter((checks) => checks.nested.length > 0).map(({ property }) => property);
    const { unknown } = this.#options;
    return generateMake({ eventClass, plan, allowed, nested, unknown, ...form, rebuilder: this.rebuilder, classOf });
  }

  #check(plan: CheckPlan, reads: ReadPlan, classOf: ClassOf, onUserCode: () => void): CompiledClass['check'] {
    return generateCheck({
      plan,
      unknown: this.#options.unknown,
      runner: this.runner,
      libraries: this.#libraries,
      expectedClass: (property) => expectedClass(property, reads),
      classOf,
      onUserCode,
    });
  }

  /** The library validates an object inside an event as it would an event; its answer comes later. */
  #checkByLibrary(instance: object): Fault[] {
    const { unknown } = this.#options;
    const fault = new Fault(undefined, false);
    const answer = this.#libraries.validate(instance, {
      ...(this.#groups === undefined ? {} : { groups: this.#groups }),
      whitelist: unknown !== 'keep',
      forbidNonWhitelisted: unknown === 'reject',
    });
    this.runner.await(
      answer.then((errors) => {
        for (const { path, rule, message } of failedRules(errors, Number.POSITIVE_INFINITY)) {
          const listed = new Fault(path === '' ? undefined : path, false);
          listed.add(rule, message);
          fault.addChild(listed);
        }
        return undefined;
      }),
    );
    return [fault];
  }
}

type ClassOf = (target: Function) => CompiledClass;

function expectedClass(property: string, { reads }: ReadPlan): Function | undefined {
  return classSaidBy(reads.find((read) => read.property === property)?.type?.typeFunction);
}

/** What a type function without parameters answers, if it is a class that may be compiled. */
function classSaidBy(typeFunction: (() => unknown) | undefined): Function | undefined {
  if (typeFunction?.length !== 0) return undefined;
  try {
    const type = typeFunction();
    return isClass(type) && !isNative(type) ? type : undefined;
  } catch {
    // Not known yet: objects are then validated by the class that they turn out to be of.
    return undefined;
  }
}

function isClass(value: unknown): value is EventClass {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}

function isNative(target: Function): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(String(target));
}

const compilations = new Map<string, { compilation: Compilation; stamp: number }>();

/** The compilation for these options. A new one where classes have been decorated since, so that no rule is missed. */
export function compilationFor(options: ValidationOptions, libraries: Libraries): Compilation | undefined {
  const storage = validatorStorage();
  if (storage === undefined) return undefined;
  const key = JSON.stringify([options.unknown, options.groups]);
  const stamp = ruleCount(storage);
  const known = compilations.get(key);
  if (known?.stamp === stamp) return known.compilation;
  const compilation = new Compilation(options, libraries, storage);
  compilations.set(key, { compilation, stamp });
  return compilation;
}

/** Not public: in a version without this field every validator compiles for itself. */
function ruleCount(storage: MetadataStorage): number {
  const rules: unknown = Reflect.get(storage, 'validationMetadatas');
  if (!(rules instanceof Map)) return Number.NaN;
  let count = 0;
  for (const [target, list] of rules) count += target !== Reference && Array.isArray(list) ? list.length : 0;
  return count;
}
