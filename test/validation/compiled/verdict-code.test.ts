import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Expose, Transform, Type } from 'class-transformer';
import * as V from 'class-validator';
import { Compilation } from '#src/validation/compiled/compilation.js';
import type { EventClass, UnknownProperties } from '#src/validation/event-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';

const libraries = await loadLibraries();

interface Told {
  /** Nothing is wrong, told while the instance was made. */
  readonly surely: boolean;
  /** What the rules say when they are applied. */
  readonly valid: boolean;
}

/** What is told of an input of a class while its instance is made, and what its rules say afterwards. */
function teller(eventClass: EventClass, unknown: UnknownProperties = 'strip'): (input: object) => Told {
  const compilation = new Compilation({ unknown }, libraries, V.getMetadataStorage());
  const compiled = compilation.classOf(eventClass);
  const { rebuilder } = compilation;
  return (input) => {
    rebuilder.doubtful = false;
    rebuilder.dirty = false;
    const instance = compiled.make(input);
    const { dirty } = rebuilder;
    return { surely: !rebuilder.doubtful && !dirty, valid: compiled.check(instance, dirty) === undefined };
  };
}

class Line {
  @V.IsString() sku!: string;
  @V.IsOptional() @V.IsInt() @V.Min(1) quantity?: number;
}

class Order {
  @V.IsEmail() email!: string;
  @V.IsInt({ each: true }) counts!: number[];
  @V.ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  @V.IsOptional() @V.ValidateNested() @Type(() => Line) first?: Line;
}

const line = { sku: 'a', quantity: 1 };
const order = { email: 'ada@example.com', counts: [1, 2], lines: [line, { sku: 'b' }], first: line };

describe('the verdict that is told while an instance is made', () => {
  it('is sure of valid events, nested ones and lists included', () => {
    const tell = teller(Order);
    for (const input of [order, { ...order, first: null }, { ...order, lines: [], counts: [] }]) {
      assert.deepEqual(tell(input), { surely: true, valid: true });
    }
  });

  it('is never sure where a rule fails, whichever it is and however deep', () => {
    const tell = teller(Order);
    for (const change of [
      { email: 'nobody' },
      { email: undefined },
      { email: 5 },
      { counts: [1, 'x'] },
      { counts: 'x' },
      { counts: undefined },

      { lines: [{ sku: 5 }] },
      { lines: [null] },
      { lines: ['x'] },
      { lines: 'x' },
      { lines: null },
      { lines: [[{ sku: 5 }]] },

      { lines: [{ sku: 'a', quantity: 0 }] },
      { first: { quantity: 1 } },
      { first: 'x' },
      { first: 5 },
      { first: {} },
    ]) {
      assert.deepEqual(tell({ ...order, ...change }), { surely: false, valid: false }, JSON.stringify(change));
    }
  });

  it('leaves to the rules what is made in another way, and says of it neither yes nor no', () => {
    const tell = teller(Order);
    // Made by the library, or by a loop that knows no rules.
    assert.deepEqual(tell({ ...order, lines: [[line]] }), { surely: false, valid: true });
  });

  it('is sure of absent properties only where their rules are', () => {
    class Absent {
      @V.IsOptional() @V.IsString() text?: string;
      @V.NotEquals(5) other?: number;
    }
    const tell = teller(Absent);
    assert.deepEqual(tell({}), { surely: true, valid: true });
    assert.deepEqual(tell({ other: 5 }), { surely: false, valid: false });
  });

  it('is never given where the user’s own code has a say, or where properties are not read from the input', () => {
    class Conditional {
      @V.ValidateIf(() => true) @V.IsString() text!: string;
    }
    class Custom {
      @V.ValidateBy({ name: 'own', validator: { validate: () => true } }) text!: string;
    }
    class WithRuleCondition {
      @V.IsString({ validateIf: () => true }) text!: string;
    }
    class Initialised {
      @V.IsString() text = 'x';
    }
    class Getter {
      @V.IsString() get text(): string {
        return 'x';
      }
    }
    class Transformed {
      @V.IsString() @Type(() => String) @Transform(({ value }: { value: unknown }) => value) text!: string;
    }
    class Unruled {
      @Expose() text!: string;
    }
    for (const eventClass of [Conditional, Custom, WithRuleCondition, Initialised, Getter, Unruled]) {
      assert.equal(teller(eventClass)({ text: 'x' }).surely, false, eventClass.name);
    }
    // What a function has made is judged as it is: it has been called by then.
    assert.deepEqual(teller(Transformed)({ text: 'x' }), { surely: true, valid: true });
  });

  it('is not sure where unknown properties are refused or kept and there are some', () => {
    assert.equal(teller(Line, 'reject')({ sku: 'a', more: 1 }).surely, false);
    assert.equal(teller(Line, 'keep')({ sku: 'a', more: 1 }).surely, false);
    assert.equal(teller(Line, 'keep')({ sku: 'a' }).surely, true);
    assert.equal(teller(Line, 'strip')({ sku: 'a', more: 1 }).surely, true);
  });
});
