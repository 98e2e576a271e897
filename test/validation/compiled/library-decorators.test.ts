// What class-validator's own specs hold of each decorator, held of the compiled form: by values of our own.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as V from 'class-validator';
import type { EventClass } from '#src/validation/event-validator.js';
import { agree } from './agreement.js';
import { DECORATOR_CASES, type DecoratorCase } from './decorator-cases.js';

/** Decorators of class-validator that stand for no rule of their own, and what is no decorator. */
const NO_RULES = new Set(
  'Allow IsOptional Validate ValidateBy ValidateIf ValidateNested ValidatePromise ValidatorConstraint ValidationError ValidationTypes Validator MetadataStorage'.split(
    ' ',
  ),
);

function eventOf({ decorate }: DecoratorCase, options: V.ValidationOptions): EventClass {
  class Event {
    value: unknown;
  }
  decorate(options)(Event.prototype, 'value');
  return Event;
}

describe('the table of decorators', () => {
  it('has every one that stands for a rule', () => {
    const exported = Object.entries(V).filter(([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function');
    const rules = exported.map(([name]) => name).filter((name) => !NO_RULES.has(name));
    const listed = new Set(DECORATOR_CASES.map(({ name }) => name.split(',')[0]));
    assert.deepEqual(
      rules.filter((name) => !listed.has(name)),
      [],
    );
  });
});

describe('a compiled decorator', () => {
  const everything = DECORATOR_CASES.flatMap(({ valid, invalid }) => [...valid, ...invalid]);
  for (const row of DECORATOR_CASES) {
    const { name, valid, invalid } = row;

    it(`${name} accepts and refuses what it is made for, as the library does`, async () => {
      const Event = eventOf(row, {});
      for (const value of valid) assert.equal((await agree(Event, () => ({ value }))).ok, true, String(value));
      for (const value of invalid) assert.equal((await agree(Event, () => ({ value }))).ok, false, String(value));
      await agree(Event, () => ({}));
    });

    it(`${name} does so for each element`, async () => {
      const Event = eventOf(row, { each: true });
      const lists = [[], valid, invalid, [...valid, ...invalid], ...invalid.map((value) => [...valid, value])];
      for (const list of lists) {
        for (const value of [list, new Set(list), new Map(list.entries())]) await agree(Event, () => ({ value }));
      }
      assert.equal((await agree(Event, () => ({ value: [...valid] }))).ok, true);
      for (const value of invalid) assert.equal((await agree(Event, () => ({ value: [value] }))).ok, false);
    });

    it(`${name} judges the values of all other decorators as the library does`, async () => {
      const message = '$property of $target: $constraint1, $constraint2';
      const Event = eventOf(row, { message });
      for (const value of everything) await agree(Event, () => ({ value }));
    });
  }
});
