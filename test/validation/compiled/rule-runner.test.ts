import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  getMetadataStorage,
  IsInt,
  Max,
  ValidateBy,
  ValidateNested,
  type ValidationArguments,
  type ValidationOptions,
} from 'class-validator';
import type { CompiledClass } from '#src/validation/compiled/compiled-class.js';
import { planChecks, type Rule } from '#src/validation/compiled/check-plan.js';
import { Fault, hasFailure, listFailures } from '#src/validation/compiled/fault.js';
import {
  fail,
  failElement,
  failInside,
  refuse,
  reject,
  RuleRunner,
  strip,
} from '#src/validation/compiled/rule-runner.js';
import { Compilation } from '#src/validation/compiled/compilation.js';
import { loadLibraries } from '#src/validation/libraries.js';
import { libraryFailures } from './library-failures.js';

const libraries = await loadLibraries();
const storage = getMetadataStorage();

function noClass(): CompiledClass {
  throw new Error('no class is asked for');
}

/** A class with one rule, that rule, and what it was asked. */
function custom(validate: (value: unknown) => boolean | Promise<boolean>, options: ValidationOptions = {}) {
  const asked: ValidationArguments[] = [];
  class Order {
    price: unknown;
  }
  const validator = {
    validate: (value: unknown, args?: ValidationArguments) => {
      if (args !== undefined) asked.push(args);
      return validate(value);
    },
    defaultMessage: () => '$property is refused',
  };
  ValidateBy({ name: 'custom', constraints: [7], validator }, options)(Order.prototype, 'price');
  const [rule] = planChecks(Order, undefined, storage).properties[0]?.rules ?? [];
  assert.ok(rule);
  return { rule, order: (price: unknown) => Object.assign(new Order(), { price }), asked };
}

function told(fault: Fault | undefined): unknown[] {
  return fault === undefined ? [] : listFailures([fault], 100).map(({ path, rule, message }) => [path, rule, message]);
}

const isEven = (value: unknown): boolean => Number(value) % 2 === 0;
const isEvenLater = (value: unknown): Promise<boolean> => Promise.resolve(isEven(value));

describe('RuleRunner.call', () => {
  for (const [kind, validate] of [
    ['synchronous', isEven],
    ['asynchronous', isEvenLater],
  ] as const) {
    for (const each of [false, true]) {
      it(`says of a ${kind} rule what class-validator says${each ? ', of each element' : ''}`, async () => {
        const { rule, order, asked } = custom(validate, { each });
        const lists = [[], [2], [2, 3], [3, 5], new Set([2, 3]), new Map([['a', 3]]), new Map(), [undefined]];
        for (const value of [2, 3, 'x', undefined, null, ...lists]) {
          const object = order(value);
          asked.length = 0;
          const expected = (await libraryFailures(object)).map(({ path, rule: name, message }) => [
            path,
            name,
            message,
          ]);
          const theirs = asked.splice(0);
          const runner = new RuleRunner(noClass);
          const fault = runner.call(undefined, rule, object, value);
          await Promise.all(runner.take(undefined) ?? []);
          assert.deepEqual(told(fault), expected);
          assert.deepEqual(asked, theirs);
        }
      });
    }
  }

  it('adds to the fault that there is, and leaves it alone where the rule is content', () => {
    const { rule, order } = custom(isEven);
    const fault = new Fault('price', false);
    const runner = new RuleRunner(noClass);
    assert.equal(runner.call(fault, rule, order(2), 2), fault);
    assert.equal(fault.failures, undefined);
    assert.equal(runner.call(fault, rule, order(3), 3), fault);
    assert.deepEqual(told(fault), [['price', 'custom', 'price is refused']]);
    assert.equal(runner.call(undefined, rule, order(2), 2), undefined);
    assert.equal(runner.pending, undefined);
  });

  it('throws what the rule throws', () => {
    const { rule, order } = custom(() => {
      throw new RangeError('no');
    });
    assert.throws(() => new RuleRunner(noClass).call(undefined, rule, order(1), 1), RangeError);
  });
});

describe('what a RuleRunner waits for', () => {
  it('belongs to one instance; the outer one gets its own back', async () => {
    const runner = new RuleRunner(noClass);
    const { rule, order } = custom(isEvenLater);
    runner.call(undefined, rule, order(2), 2);
    const outer = runner.pending;
    runner.pending = undefined;
    runner.call(undefined, rule, order(3), 3);
    runner.call(undefined, rule, order(5), 5);
    const inner = runner.take(outer);
    assert.equal(inner?.length, 2);
    assert.equal(runner.pending, outer);
    assert.equal(runner.take(undefined), outer);
    assert.equal(runner.pending, undefined);
    await Promise.all([...(inner ?? []), ...(outer ?? [])]);
  });

  it('is a fault without a failure until the rule has answered', async () => {
    const runner = new RuleRunner(noClass);
    const { rule, order } = custom(isEvenLater);
    const [good, bad] = [2, 3].map((value) => runner.call(undefined, rule, order(value), value));
    assert.ok(good !== undefined && bad !== undefined);
    assert.equal(hasFailure([good, bad]), false);
    await Promise.all(runner.take(undefined) ?? []);
    assert.deepEqual([hasFailure([good]), hasFailure([bad])], [false, true]);
  });

  it('fails with a rule that fails, unless it is abandoned: then nothing is left behind', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const { rule, order } = custom(() => Promise.reject(new Error('late')));
    const runner = new RuleRunner(noClass);
    runner.call(undefined, rule, order(1), 1);
    await assert.rejects(Promise.all(runner.take(undefined) ?? []), { message: 'late' });
    runner.call(undefined, rule, order(1), 1);
    runner.call(undefined, rule, order(2), 2);
    const outer = [Promise.resolve()];
    runner.abandon(outer);
    assert.equal(runner.pending, outer);
    runner.abandon(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    assert.deepEqual(unhandled, []);
  });
});

describe('RuleRunner.nested', () => {
  class Item {
    @IsInt() @Max(9) count: unknown;
  }
  class Holder {
    @ValidateNested() items: unknown;
  }
  const item = (count: unknown): Item => Object.assign(new Item(), { count });
  const [checks] = planChecks(Holder, undefined, storage).properties;
  const compilation = new Compilation({ unknown: 'keep' }, libraries, storage);

  const values: readonly [string, unknown][] = [
    ['an instance', item('x')],
    ['a good instance', item(1)],
    ['nothing', undefined],
    ['null', null],
    ['a primitive', 5],
    ['a list', [item(1), item('x'), null, 'text', item(10)]],
    ['an empty list', []],
    ['lists in lists', [[item(1), [item('x')]], []]],
    ['a list with undefined', [undefined, item('x')]],
    ['a Set', new Set([item('x'), item(1), 5])],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', item('x')],
        [5, item(10)],
        ['b', [item('y')]],
      ]),
    ],
    ['an object of a class without rules', { count: 'x' }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { count: 'x' })],
    ['a Date', new Date(0)],
  ];
  for (const [what, value] of values) {
    it(`says of ${what} what class-validator says`, async () => {
      const expected = await libraryFailures(Object.assign(new Holder(), { items: value }));
      const fault = compilation.runner.nested(undefined, 'items', checks?.nested ?? [], value, true);
      assert.deepEqual(fault === undefined ? [] : listFailures([fault], 100), expected);
    });
  }

  it('adds an element only where something is wrong with it', () => {
    const { runner } = compilation;
    const nested = checks?.nested ?? [];
    assert.equal(runner.element(undefined, 'items', nested, item(1), 0, true, false), undefined);
    const fault = runner.element(undefined, 'items', nested, item('x'), 3, true, false);
    assert.deepEqual(fault === undefined || listFailures([fault], 100).map(({ path }) => path), [
      'items[3].count',
      'items[3].count',
    ]);
    assert.equal(runner.element(fault, 'items', nested, item(1), 4, true, false), fault);
    const keyed = runner.element(undefined, 'items', nested, item('x'), 'key', false, false);
    assert.equal(keyed === undefined || listFailures([keyed], 1)[0]?.path, 'items.key.count');
  });
});

describe('the faults that generated code makes', () => {
  class Order {
    @Max(9) price!: number;
  }
  const rule: Rule | undefined = planChecks(Order, undefined, storage).properties[0]?.rules[0];

  it('are those of a rule, of an inner object and of an element, added to the property’s own', () => {
    assert.ok(rule);
    const object = Object.assign(new Order(), { price: 10 });
    const fault = fail(undefined, rule, object, 10);
    assert.equal(fail(fault, rule, object, 10), fault);
    const inner = new Fault('name', false);
    inner.add('isString', 'no text');
    assert.equal(failInside(fault, 'price', [inner]), fault);
    assert.equal(failElement(fault, 'price', 2, [inner]), fault);
    assert.deepEqual(
      listFailures([fault], 100).map(({ path, message }) => [path, message]),
      [
        ['price', 'price must not be greater than 9'],
        ['price.name', 'no text'],
        ['price[2].name', 'no text'],
      ],
    );
    for (const made of [failInside(undefined, 'a', [inner]), failElement(undefined, 'a', 0, [inner])]) {
      assert.equal(made.property, 'a');
      assert.equal(hasFailure([made]), true);
    }
  });

  it('ask a message function at once, while the instance is as the rule saw it', () => {
    class Asked {
      @Max(9, { message: ({ object }) => Object.keys(object).join() }) price!: number;
    }
    const [asked] = planChecks(Asked, undefined, storage).properties[0]?.rules ?? [];
    assert.ok(asked);
    const object = Object.assign(new Asked(), { price: 10, extra: 1 });
    const fault = fail(undefined, asked, object, 10);
    Reflect.deleteProperty(object, 'extra');
    assert.equal(listFailures([fault], 1)[0]?.message, 'price,extra');
  });

  it('are class-validator’s for a class without rules', async () => {
    class Bare {}
    assert.deepEqual(listFailures(refuse(), 100), await libraryFailures(new Bare()));
  });

  it('are class-validator’s for unknown properties', async () => {
    const make = (): object => Object.assign(new Order(), { price: 1, extra: 2, __more: 3 });
    const expected = await libraryFailures(make(), { whitelist: true, forbidNonWhitelisted: true });
    assert.deepEqual(listFailures(reject(make(), new Set(['price'])) ?? [], 100), expected);
    assert.equal(reject(make(), new Set(['price', 'extra', '__more'])), undefined);
  });

  it('are none where unknown properties are stripped', () => {
    const instance = Object.assign(new Order(), { price: 1, extra: 2, hasOwnProperty: 3 });
    assert.equal(strip(instance, new Set(['price'])), undefined);
    assert.deepEqual(Object.keys(instance), ['price']);
  });
});
