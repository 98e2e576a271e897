import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainToInstance, Type } from 'class-transformer';
import {
  Allow,
  getMetadataStorage,
  IsInt,
  IsString,
  MaxDate,
  Validate,
  ValidateNested,
  ValidatePromise,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Compilation, compilationFor } from '#src/validation/compiled/compilation.js';
import { hasFailure, listFailures } from '#src/validation/compiled/fault.js';
import type { ValidationOptions } from '#src/validation/event-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';
import { libraryFailures } from './library-failures.js';

const libraries = await loadLibraries();

class Item {
  @IsInt() count!: unknown;
}
class Note {
  @IsString() text!: unknown;
}
class Order {
  @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
  @ValidateNested() @Type(() => Note) note!: Note;
}

@ValidatorConstraint()
class Anything implements ValidatorConstraintInterface {
  validate(): boolean {
    return true;
  }
}

function newCompilation(options: ValidationOptions = { unknown: 'strip' }): Compilation {
  return new Compilation(options, libraries, getMetadataStorage());
}

describe('a compilation', () => {
  it('compiles a class once, together with the classes that it is known to hold', () => {
    const compilation = newCompilation();
    const order = compilation.classOf(Order);
    assert.equal(compilation.classOf(Order), order);
    assert.deepEqual(compilation.allIn(Order), [order, compilation.classOf(Item), compilation.classOf(Note)]);
    assert.deepEqual(compilation.allIn(Item), [compilation.classOf(Item)]);
    for (const type of [Order, Item, Note]) {
      assert.equal(compilation.isCompiled(type), true);
      assert.deepEqual([compilation.classOf(type).isReady, compilation.classOf(type).obstacles], [true, []]);
    }
  });

  it('makes instances and applies their rules', () => {
    const { make, check } = newCompilation().classOf(Order);
    const good = make({ items: [{ count: 1, extra: 1 }], note: { text: 'a' }, extra: 1 });
    assert.ok(good instanceof Order && good.items[0] instanceof Item && good.note instanceof Note);
    assert.deepEqual(JSON.parse(JSON.stringify(good)), { items: [{ count: 1 }], note: { text: 'a' } });
    assert.equal(check(good, false), undefined);
    const bad = check(make({ items: [{ count: 'x' }], note: { text: 5 } }), false) ?? [];
    assert.deepEqual(
      listFailures(bad, 100).map(({ path }) => path),
      ['items[0].count', 'note.text'],
    );
  });

  it('has a second function that keeps unknown properties only where they are stripped', () => {
    const { make, makeWhole } = newCompilation().classOf(Item);
    assert.notEqual(make, makeWhole);
    assert.deepEqual(makeWhole({ count: 1, extra: 2 }), Object.assign(new Item(), { count: 1, extra: 2 }));
    for (const unknown of ['keep', 'reject'] as const) {
      const kept = newCompilation({ unknown }).classOf(Item);
      assert.equal(kept.make, kept.makeWhole);
      assert.deepEqual(kept.make({ count: 1, extra: 2 }), Object.assign(new Item(), { count: 1, extra: 2 }));
    }
  });

  it('compiles classes that hold each other', () => {
    class Left {
      @ValidateNested() @Type(() => Right) right!: unknown;
    }
    class Right {
      @ValidateNested() @Type(() => Left) left!: unknown;
      @Allow() value!: unknown;
    }
    const compilation = newCompilation();
    const made = compilation.classOf(Left).make({ right: { value: 1, left: { right: { value: 2, extra: 1 } } } });
    assert.deepEqual(JSON.parse(JSON.stringify(made)), { right: { value: 1, left: { right: { value: 2 } } } });
    assert.equal(compilation.allIn(Left).length, 2);
  });

  it('knows a class that is declared after the one which holds it, as long as it is there at the first event', () => {
    class Early {
      @ValidateNested() @Type(() => Late) late!: unknown;
    }
    class Late {
      @IsInt() count!: unknown;
    }
    const compilation = newCompilation();
    assert.deepEqual(compilation.allIn(Early).length, 2);
    const made = compilation.classOf(Early).make({ late: { count: 'x', extra: 1 } });
    assert.deepEqual(
      listFailures(compilation.classOf(Early).check(made, true) ?? [], 100).map(({ path }) => path),
      ['late.count'],
    );
  });

  it('says which classes have user code', () => {
    class Custom {
      @Validate(Anything) a!: unknown;
    }
    const compilation = newCompilation();
    assert.deepEqual([compilation.classOf(Item).hasUserCode, compilation.classOf(Custom).hasUserCode], [false, true]);
  });

  it('leaves to the library what is no class, or a class of the language', () => {
    const compilation = newCompilation();
    for (const [type, reason] of [
      ['a text', 'a type that is no class'],
      [undefined, 'a type that is no class'],
      [() => Item, 'a type that is no class'],
      [Map, 'Map: a class of the language'],
      [Array, 'Array: a class of the language'],
    ] as const) {
      const { obstacles } = compilation.classOf(type);
      assert.deepEqual(obstacles, [reason]);
      if (typeof type === 'function') assert.equal(compilation.isCompiled(type), false);
    }
    const { makeWhole } = compilation.classOf(Map);
    assert.deepEqual(makeWhole({ a: 1 }), plainToInstance(Map, { a: 1 }));
  });

  it('lets the library check what compiled code cannot, later', async () => {
    class Waiting {
      @ValidatePromise() @IsInt() soon!: unknown;
      @IsInt() count!: unknown;
    }
    const compilation = newCompilation();
    const { check, make, obstacles } = compilation.classOf(Waiting);
    assert.deepEqual(obstacles, ['Waiting: soon: ValidatePromise']);
    for (const [value, isGood] of [
      ['x', false],
      [1, true],
    ]) {
      const input = { soon: Promise.resolve(value), count: value };
      const faults = check(make(input), true) ?? [];
      assert.equal(hasFailure(faults), false, 'nothing is known yet');
      await Promise.all(compilation.runner.take(undefined) ?? []);
      const failures = listFailures(faults, 100);
      assert.deepEqual(failures, await libraryFailures(plainToInstance(Waiting, input)));
      assert.equal(failures.length === 0, isGood);
    }
  });
});

describe('compilationFor', () => {
  it('is one for all validators of the same options', () => {
    const strip = compilationFor({ unknown: 'strip' }, libraries);
    assert.ok(strip !== undefined);
    assert.equal(compilationFor({ unknown: 'strip', maxErrors: 5 }, libraries), strip);
    const others = [
      compilationFor({ unknown: 'keep' }, libraries),
      compilationFor({ unknown: 'strip', groups: [] }, libraries),
      compilationFor({ unknown: 'strip', groups: ['a'] }, libraries),
      compilationFor({ unknown: 'strip', groups: ['a', 'b'] }, libraries),
      compilationFor({ unknown: 'strip', groups: ['a,b'] }, libraries),
    ];
    assert.equal(new Set([strip, ...others]).size, 6);
    assert.equal(compilationFor({ unknown: 'strip', groups: ['a'] }, libraries), others[2]);
  });

  it('is a new one where classes have been decorated since, so that no rule is missed', () => {
    const before = compilationFor({ unknown: 'strip' }, libraries);
    class New {
      // A kind of rule that nothing in this file has used yet.
      @MaxDate(new Date(0)) at!: Date;
    }
    const after = compilationFor({ unknown: 'strip' }, libraries);
    assert.notEqual(after, before);
    assert.equal(compilationFor({ unknown: 'strip' }, libraries), after);
    // Compiling decorates a class of its own, which is no reason.
    after?.classOf(New);
    assert.equal(compilationFor({ unknown: 'strip' }, libraries), after);
  });
});
