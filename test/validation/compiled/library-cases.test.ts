// What class-validator's own specs hold of conditions, groups, nesting, inheritance, messages and options, held of the
// compiled form: every case is compared with the libraries' own answer, in each way to treat unknown properties.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from 'class-transformer';
import * as V from 'class-validator';
import type { EventClass } from '#src/validation/event-validator.js';
import { agree } from './agreement.js';

const UNKNOWN = ['strip', 'reject', 'keep'] as const;

interface Case {
  readonly eventClass: EventClass;
  /** Make inputs, each afresh. */
  readonly inputs: readonly (() => object)[];
  /** Default: none asked for. */
  readonly groups?: readonly (readonly string[] | undefined)[];
  /** How many of the inputs are valid where unknown properties are stripped and no group is asked for. */
  readonly valid: number;
}

function holds(name: string, makeCase: () => Case): void {
  it(name, async () => {
    const { eventClass, inputs, groups = [undefined], valid } = makeCase();
    let found = 0;
    for (const unknown of UNKNOWN) {
      for (const asked of groups) {
        for (const input of inputs) {
          const { ok } = await agree(eventClass, input, { unknown, ...(asked === undefined ? {} : { groups: asked }) });
          if (unknown === 'strip' && asked === undefined && ok) found++;
        }
      }
    }
    if (groups.includes(undefined)) assert.equal(found, valid);
  });
}

/** The same values, each under these keys. */
function under(keys: readonly string[], values: readonly unknown[]): (() => object)[] {
  return values.map((value) => () => Object.fromEntries(keys.map((key) => [key, value])));
}

const NOTHING: readonly unknown[] = [undefined, null, ''];

describe('conditions', () => {
  holds('skip a property where ValidateIf says no, and give it the whole object', () => {
    class Event {
      @V.IsBoolean() express!: boolean;
      @V.ValidateIf((event: Event) => event.express) @V.IsInt() days!: unknown;
      @V.ValidateIf((_, value) => value !== 'skip') @V.IsInt() value!: unknown;
      @V.ValidateIf(() => false) @V.IsInt() @V.IsDefined() never!: unknown;
      @V.ValidateIf(() => true) @V.IsInt() always!: unknown;
    }
    return {
      eventClass: Event,
      inputs: [
        () => ({ express: true, days: 1, value: 1, always: 1 }),
        () => ({ express: true, days: 'x', value: 'skip', never: 'x', always: 1 }),
        () => ({ express: false, days: 'x', value: 'skip', never: 'x', always: 1 }),
        () => ({ express: false, days: 'x', value: 'y', never: {}, always: 'x' }),
      ],
      valid: 2,
    };
  });

  holds('skip an optional property that is null or undefined, not one that is empty', () => {
    class Event {
      @V.IsOptional() @V.IsNotEmpty() @V.MinLength(2) name?: unknown;
    }
    return {
      eventClass: Event,
      inputs: [() => ({}), ...under(['name'], [...NOTHING, 'a', 'ab', 0, false])],
      valid: 4,
    };
  });

  holds('skip only what all of them skip', () => {
    class Event {
      @V.IsOptional() @V.ValidateIf((_, value) => value !== 'skip') @V.IsInt() a?: unknown;
      @V.ValidateIf(() => true) @V.ValidateIf(() => false) @V.IsInt() b?: unknown;
    }
    return {
      eventClass: Event,
      inputs: under(['a', 'b'], [...NOTHING, 'skip', 1, 'x']),
      valid: 4,
    };
  });

  holds('belong to groups, as rules do', () => {
    class Event {
      @V.IsOptional({ groups: ['update'] }) @V.IsInt({ always: true }) id?: unknown;
      @V.ValidateIf(() => false, { groups: ['create'] }) @V.IsInt() other?: unknown;
    }
    return {
      eventClass: Event,
      inputs: [() => ({}), ...under(['id', 'other'], [1, 'x', null])],
      groups: [undefined, ['update'], ['create'], ['update', 'create'], []],
      valid: 3,
    };
  });

  holds('of one rule skip that rule', () => {
    class Event {
      @V.IsInt({ validateIf: (event: Event) => event.strict }) @V.IsDefined() value!: unknown;
      @V.IsBoolean() strict!: boolean;
    }
    return {
      eventClass: Event,
      inputs: [
        () => ({ strict: true, value: 'x' }),
        () => ({ strict: false, value: 'x' }),
        () => ({ strict: false, value: null }),
      ],
      valid: 1,
    };
  });
});

@V.ValidatorConstraint({ name: 'longerThan' })
class LongerThan implements V.ValidatorConstraintInterface {
  validate(value: unknown, args?: V.ValidationArguments): boolean {
    const other: unknown = Reflect.get(args?.object ?? {}, String(args?.constraints[0]));
    return typeof value === 'string' && typeof other === 'string' && value.length > other.length;
  }
  defaultMessage(args?: V.ValidationArguments): string {
    return `$property of ${args?.targetName} must be longer than $constraint1 (${args?.constraints.length})`;
  }
}
@V.ValidatorConstraint({ name: 'free', async: true })
class Free implements V.ValidatorConstraintInterface {
  async validate(value: unknown): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return value !== 'taken';
  }
}
@V.ValidatorConstraint({ name: 'mixed' })
class Mixed implements V.ValidatorConstraintInterface {
  validate(value: unknown): boolean | Promise<boolean> {
    return value === 'later' ? Promise.resolve(false) : value !== 'now';
  }
}
@V.ValidatorConstraint()
class Unnamed implements V.ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return value === 1;
  }
}

/** A decorator as the documentation of class-validator writes them. */
function Registered(options: V.ValidationOptions, name = 'registered', constraints: unknown[] = []) {
  return (target: object, propertyName: string): void => {
    const validator = { validate: (value: unknown) => value === 'good' };
    V.registerDecorator({ name, target: target.constructor, propertyName, options, constraints, validator });
  };
}

describe("rules of one's own", () => {
  holds('see the object and their constraints, and word their failures', () => {
    class Event {
      @V.IsString() first!: string;
      @V.Allow() other?: string;
      @V.Validate(LongerThan, ['first'])
      @V.Validate(LongerThan, ['other', 5], { message: '$target $constraint2' })
      last!: string;
    }
    return {
      eventClass: Event,
      inputs: [
        () => ({ first: 'a', last: 'ab' }),
        () => ({ first: 'ab', last: 'a' }),
        () => ({ first: 'a', last: 'ab', other: 'b' }),
        () => ({ last: 'ab' }),
      ],
      valid: 1,
    };
  });

  holds('may be asynchronous, and mixed with others in any place', () => {
    class Event {
      @V.Validate(Free) @V.IsString() @V.Validate(Mixed) @V.IsNotEmpty() name!: unknown;
      @V.Validate(Free, { each: true }) @V.Validate(Mixed, { each: true }) names!: unknown;
      @V.IsOptional() @V.Validate(Free) other?: unknown;
    }
    return {
      eventClass: Event,
      inputs: [
        () => ({ name: 'free', names: ['free', 'other'] }),
        () => ({ name: 'taken', names: ['free', 'taken', 'now'], other: 'taken' }),
        () => ({ name: 'later', names: ['later'] }),
        () => ({ name: 'now', names: 'taken' }),
        () => ({ name: '', names: new Set(['later', 'taken']) }),
        () => ({ names: new Map([['a', 'taken']]) }),
      ],
      valid: 1,
    };
  });

  holds('have any name, message and constraint, or none', () => {
    class Event {
      @Registered({}) plain!: unknown;
      @Registered({ message: 'no $property' }, 'isString') named!: unknown;
      @Registered({ message: ({ constraints }) => `not ${String(constraints[0])}` }, 'symbol', [Symbol('s')])
      symbol!: unknown;
      @V.Validate(Unnamed) unnamed!: unknown;
      @V.ValidateBy({ name: 'by', validator: { validate: (value): boolean => value === 'good' } }) by!: unknown;
    }
    return {
      eventClass: Event,
      inputs: [
        () => ({ plain: 'good', named: 'good', symbol: 'good', unnamed: 1, by: 'good' }),
        () => ({ plain: 'bad', named: 'bad', symbol: 'bad', unnamed: 2, by: 'bad' }),
        () => ({}),
      ],
      valid: 1,
    };
  });

  it('throw the same as with the library', async () => {
    class Event {
      @Throwing() a!: unknown;
      @V.Validate(Free) b!: unknown;
    }
    await assert.rejects(
      agree(Event, () => ({ a: 'now' })),
      { message: 'thrown now' },
    );
    await assert.rejects(
      agree(Event, () => ({ a: 'later' })),
      { message: 'thrown later' },
    );
    assert.equal((await agree(Event, () => ({ a: 'not' }))).ok, true);
  });
});

function Throwing() {
  return V.ValidateBy({
    name: 'throwing',
    validator: {
      validate: (value) => {
        if (value === 'now') throw new RangeError('thrown now');
        return value === 'later' ? Promise.reject(new RangeError('thrown later')) : true;
      },
    },
  });
}

describe('inheritance', () => {
  class Grandparent {
    @V.MinLength(3) name!: unknown;
    @V.IsInt({ groups: ['write'] }) id!: unknown;
  }
  abstract class Parent extends Grandparent {
    @V.Contains('tea') title!: unknown;
    @V.IsOptional() @V.IsString() note?: unknown;
  }
  class Child extends Parent {
    @V.MaxLength(5) declare name: unknown;
    @V.IsEmail() email!: unknown;
    @V.IsInt() declare note?: unknown;
  }
  holds('adds the rules of parents, in class-validator’s order and with its way to drop them', () => ({
    eventClass: Child,
    inputs: [
      () => ({ name: 'ab', title: 'tea', email: 'a@b.co', id: 1 }),
      () => ({ name: 'abcdef', title: 'coffee', email: 'a', note: 'x', id: 'x' }),
      () => ({ name: 'abcd', title: 'teapot', email: 'a@b.co', note: 5, id: 5 }),
      () => ({ extra: 1 }),
    ],
    groups: [undefined, ['write'], ['read']],
    valid: 2,
  }));

  function named(base: new () => object): new () => object {
    class Named extends base {
      @V.IsString() name!: unknown;
    }
    return Named;
  }
  class Mixture extends named(class {}) {
    @V.IsInt() count!: unknown;
  }
  holds('works for mixins', () => ({
    eventClass: Mixture,
    inputs: [() => ({ name: 'abc', count: 1, id: 1 }), () => ({ name: 5, count: 'x' }), () => ({})],
    valid: 1,
  }));
});

class Line {
  @V.MinLength(3) sku!: unknown;
  @V.IsOptional() @V.IsInt() quantity?: unknown;
}
class Bare {
  x!: unknown;
}
const GOOD = { sku: 'tea', quantity: 1 };
const BAD = { sku: 't', quantity: 'x', extra: 1 };

describe('nested objects', () => {
  const shapes: readonly (() => unknown)[] = [
    () => undefined,
    () => null,
    () => 'text',
    () => 5,
    () => true,
    () => GOOD,
    () => BAD,
    () => ({}),
    () => [],
    () => [GOOD, GOOD],
    () => [GOOD, BAD, GOOD, {}],
    () => [null, undefined, 'text', 5, GOOD],
    () => [[GOOD], [BAD, [BAD]], []],
    () => new Set([GOOD, BAD, 5]),
    () =>
      new Map<string, unknown>([
        ['a', GOOD],
        ['b', BAD],
        ['c', null],
      ]),
    () => new Date(0),
    () => Object.assign(Object.create(null) as object, BAD),
    () => ({ 0: GOOD, length: 1 }),
  ];
  const inputs = shapes.map((shape) => () => ({ value: shape() }));

  for (const [what, decorators, declared, valid] of [
    ['of a class', [V.ValidateNested(), Type(() => Line)], Line, 5],
    ['of a class, in a list', [V.ValidateNested({ each: true }), Type(() => Line)], Array, 5],
    ['of a class, in a Set', [V.ValidateNested({ each: true }), Type(() => Line)], Set, 5],
    ['that must be there', [V.IsDefined(), V.ValidateNested(), Type(() => Line)], Line, 4],
    ['that may be missing', [V.IsOptional(), V.ValidateNested(), Type(() => Line)], Line, 6],
    ['in what must be a list', [V.IsArray(), V.ArrayNotEmpty(), V.ValidateNested(), Type(() => Line)], Array, 1],
    ['with words of their own', [V.ValidateNested({ message: '$target.$property is bad' }), Type(() => Line)], Line, 5],
    ['validated twice', [V.ValidateNested(), V.ValidateNested({ each: true }), Type(() => Line)], Array, 5],
    ['without a type', [V.ValidateNested()], Object, 3],
    ['of a class without rules', [V.ValidateNested(), Type(() => Bare)], Bare, 3],
    ['that are not validated', [V.Allow(), Type(() => Line)], Line, 18],
    ['of the type Object', [V.ValidateNested(), Type(() => Object)], Object, 3],
  ] as const) {
    it(`are judged as by class-validator: ${what}`, async () => {
      class Event {
        value: unknown;
      }
      for (const decorate of [...decorators, Reflect.metadata('design:type', declared)])
        decorate(Event.prototype, 'value');
      let ok = 0;
      for (const unknown of UNKNOWN) {
        for (const input of inputs) {
          const verdict = await agree(Event, input, { unknown });
          if (unknown === 'strip' && verdict.ok) ok++;
        }
      }
      assert.equal(ok, valid);
    });
  }

  holds('have the groups of the whole, and rules of their own groups', () => {
    class Inner {
      @V.IsInt({ groups: ['write'] }) id!: unknown;
      @V.IsString() name!: unknown;
      @V.IsInt({ always: true }) version!: unknown;
    }
    class Event {
      @V.ValidateNested({ groups: ['write'] }) @Type(() => Inner) one!: unknown;
      @V.ValidateNested({ groups: ['read'], always: true }) @Type(() => Inner) two!: unknown;
      @V.ValidateNested({ groups: ['read'] }) @Type(() => Inner) three!: unknown;
    }
    return {
      eventClass: Event,
      inputs: under(
        ['one', 'two', 'three'],
        [{ id: 1, name: 'a', version: 1 }, { id: 'x', name: 5, version: 'x' }, null],
      ),
      groups: [undefined, [], ['write'], ['read'], ['write', 'read'], ['other']],
      valid: 1,
    };
  });

  holds('go as deep as they do', () => {
    class Tree {
      @V.IsInt() value!: unknown;
      @V.IsOptional() @V.ValidateNested({ each: true }) @Type(() => Tree) branches?: Tree[];
    }
    return {
      eventClass: Tree,
      inputs: [
        () => ({ value: 1, branches: [{ value: 2, branches: [{ value: 3, extra: 1 }] }, { value: 4 }] }),
        () => ({ value: 1, branches: [{ value: 2, branches: [{ value: 'x' }, null] }, { branches: {} }] }),
      ],
      valid: 1,
    };
  });
});

describe('promises', () => {
  class Inner {
    @V.MinLength(3) name!: unknown;
  }
  class Event {
    @V.ValidatePromise() @V.IsInt() number!: unknown;
    @V.ValidatePromise() @V.ValidateNested() inner!: unknown;
    @V.IsString() plain!: unknown;
  }
  const made = (name: string): Inner => Object.assign(new Inner(), { name });
  holds('are waited for, their values and objects judged', () => ({
    eventClass: Event,
    inputs: [
      () => ({ number: Promise.resolve(1), inner: Promise.resolve(made('abc')), plain: 'a' }),
      () => ({ number: Promise.resolve('x'), inner: Promise.resolve(made('a')), plain: 5 }),
      () => ({ number: Promise.resolve(1), inner: Promise.resolve([made('a'), made('abc'), null]), plain: 'a' }),
      () => ({ number: 1, inner: { name: 'abc' }, plain: 'a' }),
      () => ({ number: null, plain: 'a' }),
      () => ({}),
    ],
    valid: 1,
  }));
});

describe('groups', () => {
  class Event {
    @V.Contains('hello', { groups: ['greet'] }) @V.Matches(/world/, { groups: ['world', 'all'] }) text!: unknown;
    @V.IsInt() none!: unknown;
    @V.IsInt({ groups: [] }) empty!: unknown;
    @V.IsInt({ always: true }) always!: unknown;
    @V.IsInt({ always: false, groups: ['greet'] }) never!: unknown;
    @V.Validate(Free, { groups: ['all'] }) later!: unknown;
  }
  const rest = { none: 1, empty: 1, always: 1, never: 1 };
  holds('choose the rules', () => ({
    eventClass: Event,
    inputs: [
      () => ({ text: 'hello world', ...rest }),
      () => ({ text: 'hello', ...rest, later: 'taken' }),
      () => ({ text: 'world', none: 'x', empty: 'x', always: 'x', never: 'x' }),
      () => ({}),
    ],
    groups: [undefined, [], ['greet'], ['world'], ['all'], ['greet', 'all'], ['none such'], ['']],
    valid: 1,
  }));
});

describe('messages', () => {
  holds('have their tokens filled', () => {
    class Event {
      @V.Min(5, { message: '$property of $target must be at least $constraint1, $constraint1 and not $constraint2' })
      a!: unknown;
      @V.Length(2, 4, { message: '$constraint1 to $constraint2 characters' }) b!: unknown;
      @V.IsIn(['x', 'y'], { message: 'one of $constraint1' }) c!: unknown;
      @V.IsInt({
        message: ({ property, targetName, constraints, value }) =>
          `${targetName}.${property} ${typeof constraints} ${typeof value}`,
      })
      d!: unknown;
      @V.IsInt({ message: () => '$property by a function' }) e!: unknown;
      @V.IsInt({ each: true, message: 'each $property' }) f!: unknown;
      @V.IsInt({ each: true }) g!: unknown;
      @V.IsInt({ message: '' }) h!: unknown;
      @V.IsString({ context: { code: 5 } }) i!: unknown;
    }
    return {
      eventClass: Event,
      inputs: [
        ...under([...'abcdefghi'], [1, 'x', 'xyz', null, ['q'], {}]),
        () => ({ a: 5, b: 'ab', c: 'x', d: 1, e: 1, f: [1], g: [1], h: 1, i: 'a' }),
      ],
      valid: 1,
    };
  });

  it('show no value where the library would', async () => {
    class Event {
      @V.IsInt({ message: '$value is wrong' }) a!: unknown;
      @V.IsString({ message: '$value is wrong' }) b!: unknown;
    }
    const { createValidator } = await import('#src/validation/create-validator.js');
    const verdict = await createValidator(Event, { unknown: 'strip' }).validate({ a: 'secret', b: 5 });
    assert.deepEqual(verdict.ok || verdict.failures.map(({ message }) => message), [
      'the value is wrong',
      'the value is wrong',
    ]);
    // Of what has no text of its own, the token stays, here as there.
    assert.equal((await agree(Event, () => ({ a: {}, b: null }))).ok, false);
  });
});

describe('unknown properties', () => {
  class Inner {
    @V.IsInt() known!: unknown;
  }
  class Event {
    @V.IsDefined() title!: unknown;
    @V.IsOptional() maybe?: unknown;
    @V.Allow() allowed!: unknown;
    @V.ValidateNested() @Type(() => Inner) inner!: unknown;
    @V.IsInt({ groups: ['write'] }) written!: unknown;
    unruled: unknown = 'a default';
  }
  holds('are those without a rule in the groups', () => ({
    eventClass: Event,
    inputs: [
      () => ({ title: 1, maybe: 2, allowed: { any: [1] }, inner: { known: 1, unknown: 2 }, written: 3 }),
      () => ({
        title: 1,
        unknown: 1,
        another: { a: 1 },
        unruled: 2,
        inner: [{ known: 1 }, { unknown: 1 }],
        written: 1,
      }),
      () => JSON.parse('{"title":1,"__proto__":{"a":1},"inner":{"known":1,"__proto__":{"b":1}},"written":1}') as object,
      () => ({ title: 1, 7: 'x', 'two words': 1, written: 1 }),
    ],
    groups: [undefined, ['write'], ['read']],
    valid: 3,
  }));

  holds('are all there is of an object without rules, which is refused', () => ({
    eventClass: Bare,
    inputs: [() => ({}), () => ({ x: 1 })],
    groups: [undefined, ['any']],
    valid: 0,
  }));
});
