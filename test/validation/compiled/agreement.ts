import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { createValidator } from '#src/validation/create-validator.js';
import type { EventClass, UnknownProperties, Validated } from '#src/validation/event-validator.js';
import { comparable } from './comparable.js';
import { flatten } from './library-failures.js';

export interface AgreementOptions {
  readonly unknown?: UnknownProperties;
  readonly groups?: readonly string[];
}

type Outcome = { verdict: Validated<object> } | { thrown: unknown };

/**
 * Compares the compiled form of a class with what the libraries themselves make of an input, in the same process: the
 * verdict, every failure in its order, and the instance; or what is thrown.
 *
 * @param make makes the input, for each of them afresh: class-transformer deletes discriminators from what it reads
 * @returns the verdict
 */
export async function agree(
  eventClass: EventClass,
  make: () => object,
  { unknown = 'strip', groups }: AgreementOptions = {},
): Promise<Validated<object>> {
  const validator = createValidator(eventClass, {
    unknown,
    maxErrors: 10_000,
    ...(groups === undefined ? {} : { groups }),
  });
  const actual = await outcomeOf(async () => validator.validate(make()));
  const expected = await outcomeOf(() => askLibraries(eventClass, make(), unknown, groups));
  const seen = `unknown: ${unknown}, groups: ${inspect(groups)}, ${inspect(make(), { depth: 5 })}`;
  assert.deepEqual(comparable(await settled(actual)), comparable(await settled(expected)), seen);
  if ('thrown' in actual) throw actual.thrown;
  return actual.verdict;
}

async function askLibraries(
  eventClass: EventClass,
  input: object,
  unknown: UnknownProperties,
  groups: readonly string[] | undefined,
): Promise<Validated<object>> {
  const grouped = groups === undefined ? {} : { groups: [...groups] };
  const instance = plainToInstance(eventClass, input, grouped);
  const options = { ...grouped, whitelist: unknown !== 'keep', forbidNonWhitelisted: unknown === 'reject' };
  const errors = await validate(instance, options);
  return errors.length === 0 ? { ok: true, value: instance } : { ok: false, failures: flatten(errors, '') };
}

async function outcomeOf(ask: () => Promise<Validated<object>>): Promise<Outcome> {
  try {
    return { verdict: await ask() };
  } catch (thrown) {
    return { thrown };
  }
}

/** The outcome with what the promises in an instance came to in their place, since promises cannot be compared. */
async function settled(outcome: Outcome): Promise<Outcome> {
  if (!('verdict' in outcome) || !outcome.verdict.ok) return outcome;
  const { value } = outcome.verdict;
  for (const [key, item] of Object.entries(value)) {
    if (item instanceof Promise) Reflect.set(value, key, ['a promise of', await item]);
  }
  return outcome;
}
