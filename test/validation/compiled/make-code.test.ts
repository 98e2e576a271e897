import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exclude, Expose, plainToInstance, Transform, Type } from 'class-transformer';
import { Allow, getMetadataStorage, IsInt, IsString, ValidateNested } from 'class-validator';
import { Compilation } from '#src/validation/compiled/compilation.js';
import { generateMake } from '#src/validation/compiled/make-code.js';
import { planReads } from '#src/validation/compiled/read-plan.js';
import { planChecks } from '#src/validation/compiled/check-plan.js';
import { BEYOND_COMPILED, type Rebuilder } from '#src/validation/compiled/rebuilder.js';
import type { EventClass, UnknownProperties } from '#src/validation/event-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';
import { comparable } from './comparable.js';
import { copyOf } from './copy-of.js';

const libraries = await loadLibraries();

interface MakeOptions {
  unknown?: UnknownProperties;
  isWhole?: boolean;
  groups?: string[];
}

/** The generated function of a class, and the rebuilder that it tells what it made. */
function makerOf(eventClass: EventClass, { unknown = 'keep', isWhole = true, groups }: MakeOptions = {}) {
  const options = { unknown, ...(groups === undefined ? {} : { groups }) };
  const compilation = new Compilation(options, libraries, getMetadataStorage());
  const { rebuilder, classOf }: { rebuilder: Rebuilder; classOf: Compilation['classOf'] } = compilation;
  const { allowed, properties } = planChecks(eventClass, groups, getMetadataStorage());
  const plan = planReads(eventClass, allowed, groups, libraries);
  assert.deepEqual(plan.obstacles, []);
  const nested = properties.filter((checks) => checks.nested.length > 0).map(({ property }) => property);
  const make = generateMake({
    eventClass,
    plan,
    allowed,
    nested,
    unknown,
    isWhole,
    verdict: undefined,
    rebuilder,
    classOf,
  });
  return { make: (input: object) => make(copyOf(input)), rebuilder };
}

/** Compares with class-transformer: the instance, its keys' order, the classes in it. */
function agree(eventClass: EventClass, inputs: readonly object[], options: MakeOptions = {}): void {
  for (const input of inputs) {
    const { groups } = options;
    const expected = plainToInstance(eventClass, copyOf(input), groups === undefined ? {} : { groups });
    const actual = makerOf(eventClass, options).make(input);
    assert.equal(Object.getPrototypeOf(actual), eventClass.prototype);
    assert.deepEqual(comparable(actual), comparable(expected), JSON.stringify(input));
  }
}

class Item {
  @IsInt() count!: number;
  @Type(() => Date) at?: Date;
}

const SCALARS = [
  undefined,
  null,
  '',
  'a',
  '5',
  5,
  -0,
  true,
  Number.NaN,
  '2026-11-23',
  '2026-11-23T09:30:00Z',
  {},
  [],
  ['7', null],
];

describe('a generated make', () => {
  it('copies what has no type and makes scalars of their type', () => {
    class Event {
      @Allow() any: unknown;
      @Type(() => String) text!: string;
      @Type(() => Number) number!: number;
      @Type(() => Boolean) truth!: boolean;
      @Type(() => Date) date!: Date;
    }
    const inputs = SCALARS.map((value) => ({ any: value, text: value, number: value, truth: value, date: value }));
    agree(Event, [...inputs, {}, { any: { a: [{ b: 1 }] } }, { date: 5 }]);
    // What cannot be a Date throws, here as there.
    for (const make of [makerOf(Event).make, (input: object) => plainToInstance(Event, input)]) {
      assert.throws(() => make({ date: 5n }), TypeError);
    }
  });

  it('makes objects and lists of their classes', () => {
    class Event {
      @Type(() => Item) one!: Item;
      @Type(() => Item) list!: Item[];
      @Type(() => Item) set!: Set<Item>;
      @Type(() => Item) map!: Map<string, Item>;
      @Type(() => String) texts!: string[];
    }
    const items = [{ count: 1, at: '2026-11-23' }, { count: 'x', extra: 1 }, null, 5, [{ count: 2 }], undefined];
    const holed: unknown[] = Object.assign([], { length: 3, 1: { count: 1 } });
    for (const value of [...items, items, [], holed]) agree(Event, [{ list: value, set: value, texts: value }]);
    for (const value of items.filter((item) => !Array.isArray(item))) agree(Event, [{ one: value }]);
    // The library constructs the declared class to see whether it is a list: that is left to it.
    assert.throws(
      () => makerOf(Event).make({ one: [] }),
      (thrown) => thrown === BEYOND_COMPILED,
    );
    agree(Event, [{ map: { a: { count: 1 }, b: { count: 2, extra: 1 } } }, { map: {} }, { map: null }]);
  });

  it('asks a type function with parameters each time, and one without whether its answer is still the same', () => {
    let type: Function = Item;
    class Other {
      x!: number;
    }
    class Event {
      @Type(() => type) changing!: object;
      @Type((help) => (help?.object['kind'] === 'other' ? Other : Item)) told!: object;
    }
    const { make } = makerOf(Event);
    const input = { kind: 'other', changing: { count: 1 }, told: { x: 1 } };
    assert.deepEqual(make(input), plainToInstance(Event, copyOf(input)));
    type = Other;
    const changed = make(input);
    assert.deepEqual(changed, plainToInstance(Event, copyOf(input)));
    assert.ok('changing' in changed && changed.changing instanceof Other);
    agree(Event, [{ kind: 'item', told: { x: 1 } }]);
  });

  it('makes a class that is declared later, and one that holds itself', () => {
    class Tree {
      @Type(() => Tree) branches!: Tree[];
      @Type(() => Later) later!: object;
    }
    class Later {
      @Type(() => Date) at!: Date;
    }
    agree(Tree, [{ branches: [{ branches: [{ later: { at: '2026-11-23' } }] }], later: {} }]);
  });

  it('keeps the values of fields, but for what the input says', () => {
    class Event {
      @IsInt() count = 5;
      @IsString() note?: string = 'none';
      @Type(() => Item) item = Object.assign(new Item(), { count: 1 });
      work = (): number => 1;
    }
    const make = new Event().work;
    const fixed = (instance: object): object => Object.assign(instance, { work: make });
    for (const input of [{}, { count: 1, note: undefined }, { item: { count: 2 }, work: 5 }, { note: null }]) {
      assert.deepEqual(fixed(makerOf(Event).make(input)), fixed(plainToInstance(Event, input)));
    }
    assert.equal(typeof Reflect.get(makerOf(Event).make({ work: 5 }), 'work'), 'function');
  });

  it('overwrites no method, getter or name that every object has', () => {
    class Event {
      @Allow() name!: string;
      greet(): string {
        return `hello ${this.name}`;
      }
      get loud(): string {
        return this.name.toUpperCase();
      }
    }
    const inputs = [
      '{"name":"a","greet":1,"loud":2}',
      '{"name":"a","__proto__":{"evil":1}}',
      '{"name":"a","toString":1}',
    ];
    agree(
      Event,
      inputs.map((text) => JSON.parse(text) as object),
    );
    const made = makerOf(Event).make(JSON.parse('{"__proto__":{"evil":1},"constructor":{"prototype":{}}}') as object);
    assert.equal(Reflect.get(made, 'evil'), undefined);
    assert.equal(made.constructor, Event);
  });

  it('fills a field that hides a method of a parent, as every instance may or may not have it', () => {
    class Parent {
      greet(): string {
        return 'hello';
      }
    }
    class Event extends Parent {
      @Expose({ name: 'greeting' }) declare greet: () => string;
      constructor() {
        super();
        // What the compiler makes of a field, where it keeps to the standard.
        const value = hides ? undefined : this.greet;
        Object.defineProperty(this, 'greet', { value, writable: true, enumerable: true, configurable: true });
      }
    }
    let hides = true;
    agree(Event, [{ greeting: 'a' }, { greet: 'a' }, {}]);
    hides = false;
    agree(Event, [{ greeting: 'a' }, { greet: 'a' }, {}]);
    agree(Parent, [{ greet: 'a' }]);
  });

  it('reads exposed names, leaves excluded properties out, and heeds groups', () => {
    class Event {
      @Expose({ name: 'order_id' }) @Type(() => Number) id!: number;
      @Expose({ groups: ['write'] }) grouped!: string;
      @Exclude() secret!: string;
      @Transform(({ value }) => `<${String(value)}>`, { groups: ['write'] }) marked!: string;
    }
    const input = { order_id: '5', grouped: 'a', secret: 's', marked: 'm', extra: 1 };
    for (const groups of [undefined, ['write'], ['read']]) {
      agree(
        Event,
        [input, {}, { secret: 's' }, { id: '7' }, { order_id: '5', id: '7' }, { id: '7', order_id: '5' }],
        groups === undefined ? {} : { groups },
      );
    }
  });

  it('makes nothing but what an excluded class exposes', () => {
    @Exclude()
    class Event {
      @Expose() shown!: string;
      hidden!: string;
    }
    agree(Event, [{ shown: 'a', hidden: 'b', extra: 1 }, {}]);
  });

  it('tells transformations what class-transformer tells them, each in its turn', () => {
    const told: unknown[] = [];
    const tell = (mark: string) =>
      Transform((params) => {
        told.push({ ...params, mark, obj: { ...(params.obj as object) } });
        return [mark, params.value];
      });
    class Event {
      @tell('first') @tell('second') a!: unknown;
      @tell('missing') b!: unknown;
    }
    const input = { a: { x: 1 }, c: 1 };
    const expected = plainToInstance(Event, copyOf(input));
    const theirs = told.splice(0);
    assert.deepEqual(makerOf(Event).make(input), expected);
    assert.deepEqual(told, theirs);
    assert.equal(told.length, 2);
  });

  it('gives what looks like a promise to the library', () => {
    class Event {}
    Allow()(Event.prototype, 'then');
    agree(Event, [JSON.parse('{"then":5}') as object]);
  });

  it('leaves the input alone', () => {
    class Event {
      @Type(() => Item) list!: Item[];
      @Allow() any: unknown;
    }
    const any = Object.freeze({ deep: Object.freeze([1]) });
    const input = Object.freeze({ list: Object.freeze([Object.freeze({ count: 1 })]), any, extra: 1 });
    const made = makerOf(Event).make(input);
    assert.ok('any' in made);
    assert.notEqual(made.any, any);
  });
});

describe('a generated make of an event whose unknown properties are stripped', () => {
  class Event {
    @IsInt() count!: number;
    @ValidateNested() @Type(() => Item) checked!: Item;
    @Allow() @Type(() => Item) unchecked!: Item;
  }
  const input = { count: 1, extra: 1, checked: { count: 1, extra: 1 }, unchecked: { count: 1, extra: 1 } };

  it('does not copy them in the first place, where nobody sees it; but leaves unvalidated objects whole', () => {
    const { make, rebuilder } = makerOf(Event, { unknown: 'strip', isWhole: false });
    assert.deepEqual(JSON.parse(JSON.stringify(make(input))), {
      count: 1,
      checked: { count: 1 },
      unchecked: { count: 1, extra: 1 },
    });
    assert.equal(rebuilder.dirty, true, 'the unvalidated object holds some');
  });

  it('copies them where user code may look at the instance', () => {
    const { make, rebuilder } = makerOf(Event, { unknown: 'strip', isWhole: true });
    assert.deepEqual(make(input), plainToInstance(Event, copyOf(input)));
    assert.equal(rebuilder.dirty, true);
  });

  it('vouches for an instance that has none', () => {
    for (const isWhole of [true, false]) {
      const { make, rebuilder } = makerOf(Event, { unknown: 'strip', isWhole });
      make({ count: 1, checked: { count: 1 }, unchecked: { count: 1 } });
      assert.equal(rebuilder.dirty, false);
    }
  });

  it('does not vouch for fields, transformations and constructors of the user', () => {
    class Fields {
      @IsInt() count = 1;
      unruled = 2;
    }
    class Transformed {
      @Allow() @Transform(() => ({ anything: 1 })) made!: object;
    }
    class Replaced {
      @IsInt() count!: number;
      constructor() {
        // oxlint-disable-next-line no-constructor-return -- what a user may write
        return Object.assign(Object.create({}) as Replaced, { extra: 1 });
      }
    }
    for (const [eventClass, given] of [
      [Fields, {}],
      [Transformed, { made: 1 }],
      [Replaced, { count: 1 }],
    ] as const) {
      const { make, rebuilder } = makerOf(eventClass, { unknown: 'strip', isWhole: false });
      make(given);
      assert.equal(rebuilder.dirty, true, eventClass.name);
    }
  });
});

describe('a generated make of an event whose unknown properties are refused', () => {
  it('keeps the order of the input’s keys, in which they are told', () => {
    class Event {
      @IsInt() count!: number;
      @Type(() => Number) unruled!: number;
      @Expose() shown!: number;
    }
    for (const input of [
      { b: 1, unruled: '2', a: 3, count: 1 },
      { shown: 1, b: 2 },
      { b: 1, a: 2 },
    ]) {
      const made = makerOf(Event, { unknown: 'reject' }).make(input);
      const expected = plainToInstance(Event, copyOf(input));
      assert.deepEqual(made, expected);
      const isUnknown = (key: string): boolean => key !== 'count';
      assert.deepEqual(Object.keys(made).filter(isUnknown), Object.keys(expected).filter(isUnknown));
    }
  });
});
