import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as V from 'class-validator';
import { generateCheck } from '#src/validation/compiled/check-code.js';
import { planChecks } from '#src/validation/compiled/check-plan.js';
import type { CompiledClass } from '#src/validation/compiled/compiled-class.js';
import { listFailures } from '#src/validation/compiled/fault.js';
import { RuleRunner } from '#src/validation/compiled/rule-runner.js';
import type { FailedRule, UnknownProperties } from '#src/validation/event-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';
import { libraryFailures } from './library-failures.js';

const libraries = await loadLibraries();

interface Checked {
  readonly check: (instance: object, dirty?: boolean) => FailedRule[];
  readonly runner: RuleRunner;
  readonly hasUserCode: boolean;
}

/** The generated check of a class; objects in its properties are expected to be of the classes given. */
function checkOf(
  target: Function,
  {
    unknown = 'keep',
    groups,
    inner = {},
  }: { unknown?: UnknownProperties; groups?: string[]; inner?: Record<string, Function> } = {},
): Checked {
  const classes = new Map<unknown, CompiledClass>();
  let hasUserCode = false;
  const classOf = (type: Function): CompiledClass => {
    const known = classes.get(type);
    if (known !== undefined) return known;
    const unused = (): never => assert.fail('nothing is made');
    const compiled: CompiledClass = {
      make: unused,
      makeWhole: unused,
      check: unused,
      obstacles: [],
      hasUserCode: false,
      isReady: false,
    };
    classes.set(type, compiled);
    compiled.check = generateCheck({
      plan: planChecks(type, groups, V.getMetadataStorage()),
      unknown,
      runner,
      libraries,
      expectedClass: (property) => (type === target ? inner[property] : undefined),
      classOf,
      onUserCode: () => (hasUserCode = true),
    });
    compiled.isReady = true;
    return compiled;
  };
  const runner = new RuleRunner(classOf);
  const { check } = classOf(target);
  return {
    check: (instance, dirty = true) => [...listFailures(check(instance, dirty) ?? [], 1000)],
    runner,
    hasUserCode,
  };
}

/** Compares generated code with class-validator, on instances made afresh for each. */
async function agree(
  target: Function,
  make: () => object,
  options: Parameters<typeof checkOf>[1] = {},
): Promise<FailedRule[]> {
  const { unknown = 'keep', groups } = options;
  const theirs = make();
  const expected = await libraryFailures(theirs, {
    whitelist: unknown !== 'keep',
    forbidNonWhitelisted: unknown === 'reject',
    ...(groups === undefined ? {} : { groups }),
  });
  const ours = make();
  const { check, runner } = checkOf(target, options);
  const failures = check(ours);
  assert.equal(runner.pending, undefined);
  assert.deepEqual(failures, expected);
  assert.deepEqual(ours, theirs);
  return failures;
}

class Item {
  @V.IsInt() @V.Max(9) count: unknown;
  @V.IsOptional() @V.IsString() note?: unknown;
}
const item = (count: unknown, more: object = {}): Item => Object.assign(new Item(), { count }, more);

describe('a generated check', () => {
  it('reports each failed rule of each property, in class-validator’s order', async () => {
    class Order {
      @V.Max(5) @V.Min(1) @V.IsInt() count: unknown;
      @V.IsDefined() @V.Length(2, 5) @V.IsString() sku: unknown;
      @V.IsIn(['a', 'b'], { message: 'not $property' }) kind: unknown;
      @V.IsUUID() id: unknown;
    }
    const values: unknown[] = [3, 9, 'a', 'abc', null, undefined, '8f14e45f-ceea-467f-a8a1-d1f1a2a3b4c5'];
    let valid = 0;
    for (const value of values) {
      const failures = await agree(Order, () =>
        Object.assign(new Order(), { count: value, sku: value, kind: value, id: value }),
      );
      valid += Number(failures.length === 0);
    }
    assert.equal(valid, 0);
    const good = { count: 3, sku: 'abc', kind: 'a', id: values.at(-1) };
    assert.deepEqual(await agree(Order, () => Object.assign(new Order(), good)), []);
  });

  it('asks of a property only where its conditions all agree, and asks them all', async () => {
    const asked: string[] = [];
    class Order {
      @V.IsOptional() @V.IsInt() a: unknown;
      @V.ValidateIf((order: Order, value) => asked.push(`b ${String(value)}`) > 0 && order.a !== 5)
      @V.IsInt()
      b: unknown;
      @V.ValidateIf(() => asked.push('first') < 0)
      @V.ValidateIf(() => asked.push('second') > 0)
      @V.IsOptional()
      @V.IsInt()
      c: unknown;
    }
    for (const [a, b, c] of [
      [null, 'x', 'x'],
      ['x', 1, null],
      [5, 'x', undefined],
      [1, 1, 1],
    ]) {
      asked.length = 0;
      await agree(Order, () => Object.assign(new Order(), { a, b, c }));
      assert.deepEqual(asked.slice(0, asked.length / 2), asked.slice(asked.length / 2), 'asked alike');
      assert.equal(asked.length, 6);
    }
  });

  it('skips single rules whose own condition does not hold', async () => {
    class Order {
      @V.IsInt({ validateIf: (_, value) => value !== 'x' }) @V.IsString({ validateIf: () => true }) a: unknown;
    }
    for (const a of ['x', 'y', 5]) await agree(Order, () => Object.assign(new Order(), { a }));
  });

  it('asks each element where a rule says so, of lists, Sets and Maps, and one failure is enough', async () => {
    class Order {
      @V.IsInt({ each: true })
      @V.Max(5, { each: true, message: 'each $property' })
      @V.IsUUID(undefined, { each: true })
      list: unknown;
    }
    const lists: (() => unknown)[] = [
      () => [],
      () => [1, 2],
      () => ['x', 'y', 9],
      () => [1, 9],
      () => Object.assign([], { length: 2, 1: 5 }),
      () => new Set([1, 9]),
      () => new Map([['a', 9]]),
      () => 'x',
      () => 3,
      () => undefined,
      () => ({ 0: 'x', length: 1 }),
    ];
    for (const list of lists) await agree(Order, () => Object.assign(new Order(), { list: list() }));
  });

  it('goes into objects, and into the elements of lists', async () => {
    class Order {
      @V.ValidateNested() expected: unknown;
      @V.ValidateNested() @V.IsArray() unforeseen: unknown;
      @V.ValidateNested() @V.ValidateNested({ each: true }) twice: unknown;
    }
    const values: (() => unknown)[] = [
      () => item(1),
      () => item('x', { note: 5 }),
      () => [item(1), item('x'), item(10)],
      () => [item('x'), null, 5, undefined, [item('x')], { count: 'x' }],
      () => new Set([item('x')]),
      () => new Map([['k', item('x')]]),
      () => ({ count: 'x' }),
      () => Object.create(null) as object,
      () => new Date(0),
      () => null,
      () => undefined,
      () => 'text',
    ];
    for (const value of values) {
      const make = (): object => Object.assign(new Order(), { expected: value(), unforeseen: value(), twice: value() });
      await agree(Order, make, { inner: { expected: Item, twice: Item } });
    }
  });

  it('goes into a class that holds itself', async () => {
    class Tree {
      @V.IsInt() value: unknown;
      @V.IsOptional() @V.ValidateNested() next: unknown;
    }
    const tree = (value: unknown, next?: unknown): Tree => Object.assign(new Tree(), { value, next });
    const failures = await agree(Tree, () => tree(1, [tree('x', tree('y')), tree(2)]), { inner: { next: Tree } });
    assert.deepEqual(
      failures.map(({ path }) => path),
      ['next[0].value', 'next[0].next.value'],
    );
  });

  for (const unknown of ['strip', 'reject', 'keep'] as const) {
    it(`does with unknown properties as it is told: ${unknown}`, async () => {
      class Order {
        @V.IsInt() count: unknown = 1;
        @V.ValidateNested() item: unknown = item('x', { extra: 1 });
      }
      const make = (): object => Object.assign(new Order(), { extra: 1, hasOwn: 2 });
      const failures = await agree(Order, make, { unknown, inner: { item: Item } });
      assert.equal(
        failures.some(({ rule }) => rule === 'whitelistValidation'),
        unknown === 'reject',
      );
      const clean = make();
      checkOf(Order, { unknown, inner: { item: Item } }).check(clean, false);
      assert.ok('extra' in clean, 'an instance that is known to be clean is not looked through');
    });
  }

  it('heeds groups', async () => {
    class Order {
      @V.IsInt({ groups: ['write'] }) @V.IsString({ groups: ['read'] }) a: unknown;
      @V.IsInt({ always: true }) b: unknown;
    }
    for (const groups of [undefined, [], ['write'], ['read'], ['write', 'read'], ['none']]) {
      const options = groups === undefined ? {} : { groups };
      for (const value of [1, 'x', null])
        await agree(Order, () => Object.assign(new Order(), { a: value, b: value }), options);
    }
  });

  it('refuses an instance of a class without rules', async () => {
    class Bare {}
    assert.deepEqual(await agree(Bare, () => new Bare()), [
      { path: '', rule: 'unknownValue', message: 'an unknown value was passed to the validate function' },
    ]);
  });

  it('takes names of properties for names, whatever stands in them', async () => {
    class Odd {}
    const names = ['two words', 'quote\'"`\\', '\u2028', '${x}', '"];throw 1;["', '7', 'length'];
    for (const name of names) V.IsInt()(Odd.prototype, name);
    const failures = await agree(Odd, () =>
      Object.assign(new Odd(), Object.fromEntries(names.map((name) => [name, 'x']))),
    );
    assert.deepEqual(failures.map(({ path }) => path).toSorted(), names.toSorted());
  });

  it('hands asynchronous rules to the runner', async () => {
    class Order {
      @V.Validate(Free) name: unknown;
    }
    const { check, runner } = checkOf(Order);
    check(Object.assign(new Order(), { name: 'taken' }));
    assert.equal(runner.take(undefined)?.length, 1);
  });

  it('lets a rule throw', () => {
    class Order {
      @V.ValidateIf(() => {
        throw new RangeError('no');
      })
      @V.IsInt()
      a: unknown;
    }
    assert.throws(() => checkOf(Order).check(new Order()), RangeError);
  });
});

@V.ValidatorConstraint({ name: 'free', async: true })
class Free implements V.ValidatorConstraintInterface {
  validate(value: unknown): Promise<boolean> {
    return Promise.resolve(value !== 'taken');
  }
}

describe('a generated check tells of user code', () => {
  const nothing = (): boolean => true;
  for (const [what, decorators, expected] of [
    ['none in rules of the library', [V.IsInt(), V.Length(1, 2), V.IsIn([1])], false],
    [
      'none in texts, conditions of the library and groups',
      [V.IsOptional(), V.IsInt({ message: 'no', always: true })],
      false,
    ],
    ['in a custom rule', [V.Validate(Free)], true],
    ['in a condition', [V.ValidateIf(nothing), V.IsInt()], true],
    ['in a condition of one rule', [V.IsInt({ validateIf: nothing })], true],
    ['in a message function', [V.IsInt({ message: () => 'no' })], true],
    ['in a rule without an inline form, which is called as a custom one is', [V.IsUUID()], true],
  ] as const) {
    it(what, () => {
      class Order {
        a: unknown;
      }
      for (const decorate of decorators) decorate(Order.prototype, 'a');
      assert.equal(checkOf(Order).hasUserCode, expected);
    });
  }
});
