import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getMetadataStorage, type ValidationArguments, type ValidationOptions, validateSync } from 'class-validator';
import * as V from 'class-validator';
import { planChecks, type Rule } from '#src/validation/compiled/check-plan.js';
import { argumentsOf, messageOf } from '#src/validation/compiled/message.js';
import { inlineRuleOf } from '#src/validation/compiled/own-rule.js';
import { loadLibraries } from '#src/validation/libraries.js';

const libraries = await loadLibraries();

/** A class with one rule on one property, and that rule. */
function ruled(decorator: PropertyDecorator, property = 'price'): { make: () => object; rule: Rule } {
  class Order {}
  decorator(Order.prototype, property);
  const [rule] = planChecks(Order, undefined, getMetadataStorage()).properties[0]?.rules ?? [];
  assert.ok(rule);
  rule.isOwn = inlineRuleOf(rule, libraries) !== undefined;
  return { make: () => new Order(), rule };
}

/** A message in our words and in the library's, of a value that the rule refuses. */
function messages(decorator: PropertyDecorator, value: unknown, property = 'price'): [ours: string, theirs: unknown] {
  const { make, rule } = ruled(decorator, property);
  const object = Object.assign(make(), { [property]: value });
  const [error] = validateSync(object);
  const theirs = error?.constraints?.[rule.type];
  assert.notEqual(theirs, undefined, 'the rule refuses the value');
  const failure = { rule, object, value };
  assert.equal(messageOf(failure), messageOf(failure), 'the same the second time');
  return [messageOf(failure), theirs];
}

/** A rule that refuses everything. */
function refusal(constraints: unknown[], options: ValidationOptions, words = ''): PropertyDecorator {
  const validator = { validate: () => false, defaultMessage: () => words };
  return V.ValidateBy({ name: 'refusal', constraints, validator }, options);
}

const DEFAULT_MESSAGES: readonly (readonly [string, PropertyDecorator, unknown])[] = [
  ['without arguments', V.IsString(), 5],
  ['with a number', V.Min(10), 1],
  ['with a list', V.IsIn(['a', 'b']), 'c'],
  ['with an enum', V.IsEnum({ Red: 'red', 1: 'One' }), 'c'],
  ['with two numbers', V.Length(2, 5), 'a'],
  ['that depends on the value', V.Length(2, 5), 'aaaaaaaaa'],
  ['with a pattern', V.Matches(/^a$/i), 'b'],
  ['with a class', V.IsInstance(Date), 'b'],
  ['with a date', V.MinDate(new Date(5)), new Date(0)],
  ['of each element', V.IsInt({ each: true }), ['x']],
  ['of a rule without an inline form', V.IsUUID(4), 'x'],
  ["of a rule of one's own", refusal([1], {}, '$property of $target: $constraint1'), 'x'],
  ['that is empty', refusal([1], {}, ''), 'x'],
];

const TEMPLATES = [
  '$property',
  '$target.$property $property',
  '$constraint1|$constraint2|$constraint3',
  '$constraint10',
  '$propertyx $targets $ $$ $& $1',
  'no tokens',
  ' ',
];

describe('messageOf', () => {
  for (const [what, decorator, value] of DEFAULT_MESSAGES) {
    it(`words a default message ${what} as class-validator does`, () => {
      const [ours, theirs] = messages(decorator, value);
      assert.equal(ours, theirs);
    });
  }

  const constraintLists: readonly unknown[][] = [
    [],
    ['a'],
    [['a', 'b'], null],
    [undefined, { a: 1 }],
    ['$&', '$property'],
    [Symbol('s'), 5],
    [Symbol(), 1],
    [[['a'], 'b'], () => 1],
  ];
  for (const message of TEMPLATES) {
    it(`fills the tokens of ${JSON.stringify(message)} as class-validator does`, () => {
      for (const constraints of constraintLists) {
        for (const value of ['text', 5, true, null, undefined, ['a'], { a: 1 }, '$&']) {
          const [ours, theirs] = messages(refusal(constraints, { message }), value);
          assert.equal(ours, theirs);
        }
      }
    });
  }

  it('fills them in the name of a property, too', () => {
    for (const property of ['$target', '$&', "$'", '$constraint1', 'two words']) {
      const [ours, theirs] = messages(refusal(['one'], { message: '$property: $constraint1' }), 'x', property);
      assert.equal(ours, theirs, property);
    }
  });

  it('never shows the rejected value in the place of $value', () => {
    const message = '$value is no $property, really: $value';
    for (const value of ['secret', 5, true]) {
      const [ours, theirs] = messages(refusal([], { message }), value);
      assert.equal(ours, 'the value is no price, really: the value');
      assert.equal(theirs, message.replaceAll('$value', String(value)).replace('$property', 'price'));
    }
    for (const value of ['', null, undefined, ['secret'], { secret: 1 }]) {
      const [ours, theirs] = messages(refusal([], { message }), value);
      assert.equal(ours, theirs);
    }
  });

  it('asks a message function each time, with all that class-validator tells it', () => {
    const given: ValidationArguments[] = [];
    const message = (args: ValidationArguments): string => {
      given.push(args);
      return `${given.length} $property $constraint1`;
    };
    const { make, rule } = ruled(V.Min(10, { message }));
    const object = Object.assign(make(), { price: 1 });
    const [error] = validateSync(object);
    assert.equal(error?.constraints?.['min'], '1 price 10');
    assert.equal(messageOf({ rule, object, value: 1 }), '2 price 10');
    assert.equal(messageOf({ rule, object, value: 1 }), '3 price 10');
    const [theirs, ...ours] = given;
    for (const args of ours) assert.deepEqual({ ...args }, { ...theirs });
  });

  it('keeps a wording only where nothing of the instance is in it', () => {
    const wordings = (decorator: PropertyDecorator): string | undefined => {
      const { make, rule } = ruled(decorator);
      messageOf({ rule, object: make(), value: 'x' });
      return rule.wording?.words;
    };
    assert.equal(wordings(V.IsInt()), 'price must be an integer number');
    assert.equal(wordings(V.IsInt({ message: 'no $property' })), 'no price');
    assert.equal(wordings(V.IsInt({ message: 'no $value' })), undefined);
    assert.equal(wordings(V.IsInt({ message: 'no $target' })), undefined);
    assert.equal(wordings(V.Length(2, 5)), undefined);
    assert.equal(wordings(V.IsInt({ message: () => 'no' })), undefined);
    assert.equal(wordings(refusal([], {}, "a rule's own words")), undefined);
    assert.equal(wordings(V.IsIn(['a'])), 'price must be one of the following values: a');
    assert.equal(wordings(V.IsEnum({ A: 'a' })), undefined);
  });

  it('shows what a list holds now, also where it was filled later', () => {
    const list = ['a'];
    const { make, rule } = ruled(V.IsIn(list));
    const words = () => messageOf({ rule, object: make(), value: 'x' });
    assert.equal(words(), 'price must be one of the following values: a');
    list.push('b');
    assert.equal(words(), 'price must be one of the following values: a, b');
  });

  it('names the class of each instance', () => {
    class Parent {}
    class Child extends Parent {}
    const decorate = refusal([], { message: '$target' });
    decorate(Parent.prototype, 'price');
    const [rule] = planChecks(Child, undefined, getMetadataStorage()).properties[0]?.rules ?? [];
    assert.ok(rule);
    assert.equal(messageOf({ rule, object: new Child(), value: 1 }), 'Child');
    assert.equal(messageOf({ rule, object: new Parent(), value: 1 }), 'Parent');
  });

  it('says or throws what class-validator does where a message is no string', () => {
    const functions: (() => unknown)[] = [() => undefined, () => null, () => 0, () => '', () => 5, () => ({})];
    for (const message of functions) {
      const decorate = refusal([1], { message: message as () => string }); // which is what it is for
      const { make, rule } = ruled(decorate);
      const object = Object.assign(make(), { price: 'x' });
      let theirs: unknown;
      try {
        theirs = String(validateSync(object)[0]?.constraints?.['refusal']);
      } catch {
        assert.throws(() => messageOf({ rule, object, value: 'x' }), TypeError, String(message));
        continue;
      }
      assert.equal(messageOf({ rule, object, value: 'x' }), theirs, String(message));
    }
  });
});

describe('argumentsOf', () => {
  it('are those of class-validator, also where an object has no constructor', () => {
    const { rule } = ruled(V.Min(10));
    const bare = Object.create(null) as object;
    assert.deepEqual(argumentsOf(rule.metadata, bare, 5), {
      targetName: undefined,
      property: 'price',
      object: bare,
      value: 5,
      constraints: [10],
    });
  });
});
