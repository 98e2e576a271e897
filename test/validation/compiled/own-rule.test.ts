import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildMessage,
  getMetadataStorage,
  isEmail,
  isInt,
  isString,
  IsString,
  ValidateBy,
  type ValidationOptions,
} from 'class-validator';
import { planChecks, type Rule } from '#src/validation/compiled/check-plan.js';
import { INLINE_RULES } from '#src/validation/compiled/inline-rules.js';
import { inlineRuleOf } from '#src/validation/compiled/own-rule.js';
import { createValidator } from '#src/validation/create-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';

const libraries = await loadLibraries();

/** The one rule that a decorator makes. */
function ruleOf(decorator: PropertyDecorator): Rule {
  class Probe {}
  decorator(Probe.prototype, 'a');
  const [rule] = planChecks(Probe, undefined, getMetadataStorage()).properties[0]?.rules ?? [];
  assert.ok(rule);
  return rule;
}

/** A rule of the user's own that has the library's name and message. */
function imitation(name: string, message: string, validate: (value: unknown) => boolean): PropertyDecorator {
  const defaultMessage = buildMessage((prefix) => `${prefix}$property ${message}`);
  return ValidateBy({ name, validator: { validate, defaultMessage } });
}

describe('inlineRuleOf', () => {
  for (const [name, inline] of INLINE_RULES) {
    it(`knows the library's own ${name}`, () => {
      const make = libraries.decorators[inline.decorator] as (...args: readonly unknown[]) => PropertyDecorator;
      assert.equal(inlineRuleOf(ruleOf(make(...inline.sample)), libraries), inline);
      assert.equal(inlineRuleOf(ruleOf(make(...inline.sample)), libraries), inline);
    });
  }

  it('knows them with a message of their own and for each element', () => {
    const options: ValidationOptions[] = [{ message: 'no' }, { each: true }, { message: () => 'no', groups: [] }];
    for (const option of options) assert.ok(inlineRuleOf(ruleOf(IsString(option)), libraries) !== undefined);
  });

  it('does not take rules of the user for them, however alike', () => {
    const rules = [
      imitation('isEmail', 'must be an email', (value) => isEmail(value) && value !== 'blocked@example.com'),
      imitation('isString', 'must be a string', (value) => isString(value) && value !== 'blocked'),
      imitation('isInt', 'must be an integer number', (value) => isInt(value) && Number.isSafeInteger(value)),
      imitation('isInt', 'must be whole', isInt),
      imitation('min', 'must not be less than $constraint1', () => true),
    ];
    for (const rule of rules) assert.equal(inlineRuleOf(ruleOf(rule), libraries), undefined);
  });

  it('so that such a rule decides', () => {
    class Blocked {
      @imitation('isEmail', 'must be an email', (value) => isEmail(value) && value !== 'blocked@example.com')
      email!: string;
    }
    const validator = createValidator(Blocked, { unknown: 'strip' });
    assert.deepEqual(validator.validate({ email: 'blocked@example.com' }), {
      ok: false,
      failures: [{ path: 'email', rule: 'isEmail', message: 'email must be an email' }],
    });
  });

  it('leaves the way in which errors are written as it was', () => {
    const before = { limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace };
    inlineRuleOf(ruleOf(IsString()), libraries);
    assert.deepEqual({ limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace }, before);
  });
});
