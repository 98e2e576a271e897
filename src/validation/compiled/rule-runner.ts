import type { RuleMetadata, Rule } from './check-plan.js';
import type { CompiledClass } from './compiled-class.js';
import { type Failure, Fault } from './fault.js';
import { argumentsOf, messageOf } from './message.js';

/** What class-validator does with rules and values for which no code has been generated. */
export class RuleRunner {
  /** What asynchronous rules of the present instance have still to say. */
  pending: Promise<unknown>[] | undefined;
  readonly #classOf: (target: Function) => CompiledClass;

  constructor(classOf: (target: Function) => CompiledClass) {
    this.#classOf = classOf;
  }

  /** Waits for an answer before the verdict is given. */
  await(answer: Promise<unknown>): void {
    (this.pending ??= []).push(answer);
  }

  /** What is to be waited for. The answers that an outer instance waits for are put back. */
  take(outer: Promise<unknown>[] | undefined): readonly Promise<unknown>[] | undefined {
    const { pending } = this;
    this.pending = outer;
    return pending;
  }

  /** A rule has thrown: nobody waits for the answers of the others, and their failing must not end the process. */
  abandon(outer: Promise<unknown>[] | undefined): void {
    Promise.all(this.take(outer) ?? []).catch(ignore);
  }

  /**
   * Calls a rule: `ValidationExecutor.customValidations` of one rule.
   * @param fault of the property, if there is one already
   */
  call(fault: Fault | undefined, rule: Rule, object: object, value: unknown): Fault | undefined {
    const { metadata, constraint } = rule;
    const instance = constraint?.instance;
    if (instance === undefined) return fault;
    const args = argumentsOf(metadata, object, value);
    if (!metadata.each || !(Array.isArray(value) || value instanceof Set || value instanceof Map)) {
      const answer: unknown = instance.validate(value, args);
      if (isThenable(answer)) return this.#await(fault, { rule, object, value }, answer, Boolean);
      return answer ? fault : failCalled(fault, rule, object, value);
    }
    const items: readonly unknown[] = Array.isArray(value) ? value : [...value.values()];
    const answers: unknown[] = items.map((item) => instance.validate(item, args));
    if (answers.some(isThenable)) {
      return this.#await(fault, { rule, object, value }, Promise.all(answers), areAllTrue);
    }
    return answers.every(Boolean) ? fault : failCalled(fault, rule, object, value);
  }

  /** `ValidationExecutor.nestedValidations`, of any value. */
  nested(
    fault: Fault | undefined,
    property: string,
    metadatas: readonly RuleMetadata[],
    value: unknown,
    dirty: boolean,
  ): Fault | undefined {
    if (value === undefined) return fault;
    let found = fault;
    for (const metadata of metadatas) {
      if (Array.isArray(value) || value instanceof Set || value instanceof Map) {
        const items: readonly unknown[] | Map<unknown, unknown> = value instanceof Set ? [...value] : value;
        const visit = (item: unknown, index: unknown): void => {
          found = this.element(found, property, metadatas, item, index, !(value instanceof Map), dirty);
        };
        if (items instanceof Map) items.forEach(visit);
        else items.forEach(visit);
      } else if (value instanceof Object) {
        const faults = this.#classOf(value.constructor).check(value, dirty);
        if (faults !== undefined) found = failInside(found, property, faults);
      } else {
        // As the library: the rule's object is the class itself, so that $target becomes "Function".
        const rule = { property, type: metadata.type, metadata, constraint: undefined };
        found = fail(found, rule, metadata.target as Function, value); // a string only after registerSchema
      }
    }
    return found;
  }

  /** One element of a nested list. */
  element(
    fault: Fault | undefined,
    property: string,
    metadatas: readonly RuleMetadata[],
    item: unknown,
    index: unknown,
    isIndex: boolean,
    dirty: boolean,
  ): Fault | undefined {
    const element = new Fault(String(index), isIndex);
    this.nested(element, property, metadatas, item, dirty);
    if (element.failures === undefined && element.children === undefined) return fault;
    const parent = fault ?? new Fault(property, false);
    parent.addChild(element);
    return parent;
  }

  #await(
    fault: Fault | undefined,
    failure: Failure,
    answer: PromiseLike<unknown>,
    isValid: (settled: unknown) => unknown,
  ): Fault {
    const { rule } = failure;
    const found = fault ?? new Fault(rule.property, false);
    const judged = answer.then((settled) => {
      if (!isValid(settled)) found.add(rule.type, messageOf(failure));
      return undefined;
    });
    this.await(Promise.resolve(judged));
    return found;
  }
}

/** Adds a failed rule to the fault of its property. */
export function fail(fault: Fault | undefined, rule: Rule, object: object, value: unknown): Fault {
  const found = fault ?? new Fault(rule.property, false);
  const failure = { rule, object, value };
  // A function must see the instance as it is now; other messages are only worded if they are told.
  found.add(rule.type, typeof rule.metadata.message === 'function' ? messageOf(failure) : failure);
  return found;
}

/** Adds a failed rule that may be the user's own, and word its messages itself. */
function failCalled(fault: Fault | undefined, rule: Rule, object: object, value: unknown): Fault {
  const found = fault ?? new Fault(rule.property, false);
  found.add(rule.type, messageOf({ rule, object, value }));
  return found;
}

/** Adds what is wrong inside a property's object to the fault of the property. */
export function failInside(fault: Fault | undefined, property: string, faults: readonly Fault[]): Fault {
  const found = fault ?? new Fault(property, false);
  found.addChildren(faults);
  return found;
}

/** Adds what is wrong inside an element to the fault of its list's property. */
export function failElement(
  fault: Fault | undefined,
  property: string,
  index: number,
  faults: readonly Fault[],
): Fault {
  const found = fault ?? new Fault(property, false);
  const element = new Fault(String(index), true);
  element.addChildren(faults);
  found.addChild(element);
  return found;
}

/** Removes unknown properties from an instance. */
export function strip(instance: object, allowed: ReadonlySet<string>): undefined {
  for (const key of Object.keys(instance)) if (!allowed.has(key)) Reflect.deleteProperty(instance, key);
}

/** What is wrong where unknown properties are refused. */
export function reject(instance: object, allowed: ReadonlySet<string>): Fault[] | undefined {
  const unknown = Object.keys(instance).filter((key) => !allowed.has(key));
  if (unknown.length === 0) return undefined;
  return unknown.map((key) => {
    const fault = new Fault(key, false);
    fault.add('whitelistValidation', `property ${key} should not exist`);
    return fault;
  });
}

/** What is wrong with an instance of a class without rules. */
export function refuse(): Fault[] {
  const fault = new Fault(undefined, false);
  fault.add('unknownValue', 'an unknown value was passed to the validate function');
  return [fault];
}

function ignore(): void {
  // the rule that has thrown is told of instead
}

function areAllTrue(answers: unknown): boolean {
  return Array.isArray(answers) && answers.every(Boolean);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}
