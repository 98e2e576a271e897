import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { getMetadataStorage, useContainer } from 'class-validator';
import type {
  EventValidator,
  UnknownProperties,
  Validated,
  ValidationOptions,
} from '#src/validation/event-validator.js';
import { createValidator } from '#src/validation/create-validator.js';
import { createLibraryValidator } from '#src/validation/library-validator.js';
import { comparable } from './comparable.js';
import { copyOf } from './copy-of.js';
import { GROUPS, inputFor, randomClass } from './random-event.js';
import { mutatedInput } from './mutated-input.js';
import { calls } from './random-rules.js';
import { Random } from './random.js';
import { ValidInputs } from './valid-inputs.js';

/** Cases in all: `YUNCTION_DIFFERENTIAL_CASES=200000` for a long run. */
const CASES = Number(process.env['YUNCTION_DIFFERENTIAL_CASES'] ?? 5000);
/** A failure names its seed: with it, the run begins there. */
const SEED = Number(process.env['YUNCTION_DIFFERENTIAL_SEED'] ?? Date.now() % 1e9);
const INPUTS_PER_CLASS = 25;
/** Of a class that no input pleases. */
const INPUTS_OF_UNSATISFIABLE = 6;
/** So many inputs in a hundred are valid ones, the others such ones with some changes. */
const UNCHANGED = 30;

type Outcome = { verdict: Validated<object> } | { thrown: unknown };
type Input = Record<string, unknown>;

async function outcomeOf(validator: EventValidator<object>, input: Input): Promise<[Outcome, unknown[][]]> {
  calls.length = 0;
  let outcome: Outcome;
  try {
    outcome = { verdict: await validator.validate(copyOf(input)) };
  } catch (thrown) {
    outcome = { thrown };
  }
  return [outcome, calls.slice()];
}

/**
 * The library throws at a `constructor` in any value, even of a property that would be stripped afterwards, which
 * compiled code does not look at.
 */
function isAboutStripped({ unknown }: ValidationOptions, expected: Outcome, input: Input): boolean {
  if (unknown !== 'strip' || !('verdict' in expected) || expected.verdict.ok) return false;
  return expected.verdict.failures[0]?.rule === 'transform' && inspect(input, { depth: 9 }).includes('constructor');
}

/** One class with one set of options, validated in both ways. */
class Pair {
  readonly compiled: EventValidator<object>;
  readonly #library: EventValidator<object>;
  readonly #event: ReturnType<typeof randomClass>;
  readonly #options: ValidationOptions;

  constructor(event: ReturnType<typeof randomClass>, options: ValidationOptions) {
    this.#event = event;
    this.#options = options;
    this.compiled = createValidator<object>(event.eventClass, options);
    this.#library = createLibraryValidator<object>(event.eventClass, options);
  }

  /** @returns what the library says; `difference`: where compiled code says something else. */
  async compare(input: Input): Promise<{ expected: Outcome; difference: unknown }> {
    const [expected, expectedCalls] = await outcomeOf(this.#library, input);
    const [actual, actualCalls] = await outcomeOf(this.compiled, input);
    try {
      if (isAboutStripped(this.#options, expected, input)) {
        assert.ok('verdict' in actual);
      } else {
        assert.deepEqual(comparable(actual), comparable(expected));
        assert.deepEqual(comparable(actualCalls), comparable(expectedCalls));
      }
      return { expected, difference: undefined };
    } catch (difference) {
      return { expected, difference };
    }
  }

  /** The difference, with as few keys of the input as show it. */
  async explain(input: Input, seed: number, first: unknown): Promise<Error> {
    let least = input;
    let cause = first;
    for (const key of Object.keys(input)) {
      const rest = Object.fromEntries(Object.entries(least).filter(([other]) => other !== key));
      const { difference } = await this.compare(rest);
      if (difference === undefined) continue;
      least = rest;
      cause = difference;
    }
    const found = inspect({ seed, options: this.#options, keys: this.#event.told, input: least }, { depth: 9 });
    return new Error(`${this.#event.source}\n${found}\n${inspect(cause)}`);
  }
}

/**
 * class-validator looks for the object of a rule in a list of all that it has ever made, which takes quadratic time: a
 * long run brings a container of its own.
 */
function bringContainer(): void {
  const objects = new Map<new () => object, object>();
  useContainer({
    get: (type: new () => object) => {
      const object = objects.get(type) ?? new type();
      objects.set(type, object);
      return object;
    },
  });
}

/** class-validator looks through all decorated classes for each object, which would take quadratic time as well. */
function forget(eventClasses: readonly object[]): void {
  const metadatas: unknown = Reflect.get(getMetadataStorage(), 'validationMetadatas');
  if (metadatas instanceof Map) for (const eventClass of eventClasses) metadatas.delete(eventClass);
}

describe('compiled validation', () => {
  if (CASES > 20_000) bringContainer();

  it(`agrees with the libraries on ${CASES} random cases`, { timeout: CASES * 10 + 60_000 }, async () => {
    const inputs = { unchanged: 0, mutated: 0, random: 0, unexpected: 0 };
    const verdicts = { ok: 0, failed: 0, transform: 0, thrown: 0 };
    const counts = { cases: 0, ...verdicts, ...inputs, classes: 0, satisfiable: 0, compiled: 0 };
    for (let seed = SEED; counts.cases < CASES; seed++) {
      const random = new Random(seed);
      const event = randomClass(random, 2);
      const unknown = random.pick<UnknownProperties>(['strip', 'reject', 'keep']);
      const groups = event.isCalm && random.chance(70) ? undefined : random.pick(GROUPS);
      const options = { unknown, maxErrors: 1000, ...(groups === undefined ? {} : { groups }) };
      const pair = new Pair(event, options);
      const validInputs = new ValidInputs(random, options);
      const isSatisfiable = await validInputs.find(event);
      let valid: Input | undefined;
      for (let index = 0; index < (isSatisfiable ? INPUTS_PER_CLASS : INPUTS_OF_UNSATISFIABLE); index++) {
        const isUnchanged = isSatisfiable && (valid === undefined || random.chance(UNCHANGED));
        if (isUnchanged) valid = await validInputs.draw(event);
        const input = valid === undefined ? inputFor(random, event) : isUnchanged ? valid : mutatedInput(random, valid);
        const { expected, difference } = await pair.compare(input);
        if (difference !== undefined) throw await pair.explain(input, seed, difference);
        counts.cases++;
        if (valid === undefined) counts.random++;
        else if (isUnchanged) counts.unchanged++;
        else counts.mutated++;
        if (isUnchanged && !('verdict' in expected && expected.verdict.ok)) counts.unexpected++;
        if ('thrown' in expected) counts.thrown++;
        else if (expected.verdict.ok) counts.ok++;
        else if (expected.verdict.failures[0]?.rule === 'transform') counts.transform++;
        else counts.failed++;
      }
      counts.classes++;
      if (isSatisfiable) counts.satisfiable++;
      if (pair.compiled.explain().length === 0) counts.compiled++;
      forget(event.eventClasses);
    }
    const story = JSON.stringify(counts);
    if (process.env['YUNCTION_DIFFERENTIAL_CASES'] !== undefined) process.stdout.write(`${story}\n`);
    assert.ok(counts.ok > counts.cases * 0.4 && counts.ok < counts.cases * 0.65, story);
    assert.ok(counts.unexpected < counts.unchanged / 100, story);
    assert.ok(counts.compiled > counts.classes / 2, story);
  });
});
