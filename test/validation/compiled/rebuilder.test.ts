import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainToInstance, Type, type TypeHelpOptions, type TypeOptions } from 'class-transformer';
import { getMetadataStorage, IsInt } from 'class-validator';
import fc from 'fast-check';
import { Compilation } from '#src/validation/compiled/compilation.js';
import { BEYOND_COMPILED, Rebuilder } from '#src/validation/compiled/rebuilder.js';
import { loadLibraries } from '#src/validation/libraries.js';
import { comparable } from './comparable.js';
import { copyOf } from './copy-of.js';

const libraries = await loadLibraries();

class Item {
  @IsInt() count!: number;
  @Type(() => Date) at?: Date;
}
class Special extends Item {}

function newRebuilder(): Rebuilder {
  return new Compilation({ unknown: 'keep' }, libraries, getMetadataStorage()).rebuilder;
}

/** A class of one property, of this type and declaration. */
function holder(type: ((help?: TypeHelpOptions) => Function) | undefined, declared: unknown, options?: TypeOptions) {
  class Holder {
    value: unknown;
  }
  const decorators: PropertyDecorator[] = [Reflect.metadata('design:type', declared)];
  decorators.push(type === undefined ? IsInt() : Type(type, options));
  // The lowest of a source text runs first.
  for (const decorate of decorators) decorate(Holder.prototype, 'value');
  return Holder;
}

type Made = { value: unknown } | { thrown: unknown };
const LEFT: Made = { thrown: 'left to the whole library' };

function made(make: () => unknown): Made {
  try {
    return { value: comparable(make()) };
  } catch (thrown) {
    if (thrown === BEYOND_COMPILED) return LEFT;
    return { thrown: Object.getPrototypeOf(thrown) };
  }
}

const EDGES: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => '',
  () => 'text',
  () => 5,
  () => true,
  () => 5n,
  () => '2026-11-23',
  () => [],
  () => [1, 'a', null, undefined, [2, [3]]],
  () => Object.assign([], { length: 3, 1: 5 }),
  () => ({ a: { b: [1, { c: null }] } }),
  () => ({ count: '5', at: '2026-11-23', extra: { x: 1 } }),
  () => [{ count: 1 }, null, 'x', [{ count: 2 }]],
  () => Object.assign(Object.create(null) as object, { count: 1 }),
  () => JSON.parse('{"__proto__":{"a":1},"toString":1,"valueOf":2,"b":3}') as unknown,
  () => JSON.parse('{"then":5,"count":1}') as unknown,
  () => new Date(5),
  () => new Date(Number.NaN),
  () =>
    new Map<string, unknown>([
      ['a', { count: 1 }],
      ['b', [1]],
    ]),
  () => new Set<unknown>([1, { count: 1 }, [2]]),
];

describe('Rebuilder.untyped', () => {
  const Holder = holder(undefined, Object);
  const theirs = (value: unknown): Made => made(() => plainToInstance(Holder, { value }).value);

  for (const edge of EDGES) {
    it(`makes of ${inspected(edge())} what class-transformer makes`, () => {
      assert.deepEqual(
        made(() => newRebuilder().untyped(edge())),
        theirs(edge()),
      );
    });
  }

  it('copies any JSON as class-transformer does, and shares nothing with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const rebuilder = newRebuilder();
        assert.deepEqual(
          made(() => rebuilder.untyped(value)),
          theirs(value),
        );
        if (typeof value === 'object' && value !== null) assert.notEqual(rebuilder.untyped(value), value);
      }),
      { numRuns: 300 },
    );
  });

  it('throws what the library throws at a constructor that is none', () => {
    for (const text of ['{"constructor":1}', '{"a":[{"constructor":"x"}]}']) {
      const value: unknown = JSON.parse(text);
      assert.deepEqual(
        made(() => newRebuilder().untyped(value)),
        theirs(value),
      );
      assert.ok('thrown' in theirs(value));
    }
  });

  it('leaves instances of other classes to the whole library, which is shown stands in their place', () => {
    for (const value of [new Item(), new URL('http://a'), { a: new Item() }, { a: { b: [1] }, c: [new Response()] }]) {
      assert.equal(
        made(() => newRebuilder().untyped(value)),
        LEFT,
      );
    }
  });
});

describe('Rebuilder.typed', () => {
  const types = [String, Number, Boolean, Date, Object, Array, Map, Set, Item, Buffer];
  for (const type of types) {
    for (const declared of [Object, Array, Set, Map, undefined]) {
      it(`makes what class-transformer makes: ${type.name}, declared ${declared?.name ?? 'not'}`, () => {
        const Holder = holder(() => type, declared);
        for (const edge of EDGES) {
          const expected = made(() => plainToInstance(Holder, { value: edge() }).value);
          const value = edge();
          const isMap = value instanceof Map || declared === Map;
          const actual = made(() => newRebuilder().typed(value, type, declared, isMap));
          assert.deepEqual(actual, expected, inspected(edge()));
        }
      });
    }
  }

  it('makes plain objects instances by compiled code, and says that they may hold unknown properties', () => {
    const rebuilder = newRebuilder();
    const value = rebuilder.typed({ count: 1, extra: 2 }, Item, undefined, false);
    assert.ok(value instanceof Item);
    assert.equal(rebuilder.dirty, true);
    const clean = newRebuilder();
    clean.typed({ count: 1 }, Item, undefined, false);
    assert.equal(clean.dirty, false);
    clean.typed(new Map(), Item, undefined, true);
    assert.equal(clean.dirty, true, 'of what the library makes nothing is known');
  });
});

describe('Rebuilder.discriminated', () => {
  const discriminator = {
    property: 'kind',
    subTypes: [
      { name: 'item', value: Item },
      { name: 'special', value: Special },
    ],
  };
  const inputs: readonly (() => unknown)[] = [
    () => ({ kind: 'special', count: 1 }),
    () => ({ kind: 'item', count: 1 }),
    () => ({ kind: 'unheard of', count: 1 }),
    () => ({ count: 1 }),
    () => [{ kind: 'special', count: 1 }, { kind: 'item' }, { kind: 'none' }, {}],
    () => [],
    () => null,
    () => undefined,
    () => 'text',
  ];

  for (const keepDiscriminatorProperty of [true, false]) {
    for (const declared of [Object, Array, Set, undefined]) {
      it(`makes what class-transformer makes: ${keepDiscriminatorProperty ? 'kept' : 'deleted'}, declared ${declared?.name ?? 'not'}`, () => {
        const Holder = holder(() => Object, declared, { discriminator, keepDiscriminatorProperty });
        const metadata = libraries.transformerStorage.findTypeMetadata(Holder, 'value');
        for (const input of inputs) {
          const theirs = { value: input() };
          const expected = made(() => plainToInstance(Holder, theirs).value);
          const ours = { value: input() };
          const rebuilder = newRebuilder();
          const actual = made(() => rebuilder.discriminated(metadata, new Holder(), ours, 'value', ours.value));
          assert.deepEqual(actual, expected, inspected(input()));
          assert.deepEqual(ours, theirs, 'the same is deleted from the input');
          rebuilder.restore();
          assert.deepEqual(ours, { value: input() });
        }
      });
    }
  }

  it('leaves elements that are no objects to the library', () => {
    const Holder = holder(() => Object, Array, { discriminator });
    const metadata = libraries.transformerStorage.findTypeMetadata(Holder, 'value');
    for (const value of [[null], ['text'], [{ kind: 'item' }, undefined]]) {
      const make = (): unknown => newRebuilder().discriminated(metadata, new Holder(), { value }, 'value', value);
      assert.equal(made(make), LEFT);
    }
  });
});

describe('Rebuilder.library', () => {
  it('keeps the input whole, whatever the library deletes in it', () => {
    class Outer {
      @Type(() => Object, { discriminator: { property: 'kind', subTypes: [{ name: 'item', value: Item }] } })
      value: unknown;
    }
    const input = { value: { kind: 'item', count: 1 } };
    const before = copyOf(input);
    const rebuilder = newRebuilder();
    const instance = rebuilder.library(input, Outer, false);
    assert.ok(instance instanceof Outer && instance.value instanceof Item);
    assert.deepEqual(input, before);
    assert.equal(rebuilder.dirty, true);
  });

  it('tells transformations the options that plainToInstance tells', () => {
    let told: unknown;
    class Told {
      value: unknown;
    }
    libraries.transformerStorage.addTransformMetadata({
      target: Told,
      propertyName: 'value',
      transformFn: ({ options }) => void (told = options),
      options: {},
    });
    plainToInstance(Told, { value: 1 }, { groups: ['a'] });
    assert.deepEqual(new Rebuilder(libraries, ['a'], () => assert.fail()).options, told);
  });
});

function inspected(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? '5n' : (JSON.stringify(value) ?? 'nothing');
  return `${Object.prototype.toString.call(value)} ${JSON.stringify(value) ?? ''}`;
}
