import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { planReads, type ReadPlan } from '#src/validation/compiled/read-plan.js';
import type { EventClass } from '#src/validation/event-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';

const libraries = await loadLibraries();

function planOf(target: EventClass, ruled: string[] = [], groups?: string[]): ReadPlan {
  return planReads(target, ruled, groups, libraries);
}

/** What is read from where, in the input's words: `key→property`, `!` where it is read even if it is missing. */
function readsOf(...args: Parameters<typeof planOf>): string[] {
  return planOf(...args).reads.map(({ key, property, always }) => `${key}→${property}${always ? '!' : ''}`);
}

describe('planReads', () => {
  it('reads the properties with a rule or a decorator of class-transformer, and copies the others', () => {
    class Event {
      @Type(() => Date) at!: Date;
      @Transform(({ value }) => value as unknown) trimmed!: string;
      plain!: string;
    }
    assert.deepEqual(readsOf(Event, ['plain', 'at']), ['plain→plain', 'at→at', 'trimmed→trimmed']);
    assert.equal(planOf(Event).copiesUnknown, true);
    assert.deepEqual(planOf(Event).obstacles, []);
    const [, at, trimmed] = planOf(Event, ['plain']).reads;
    assert.deepEqual([at?.type?.typeFunction(), at?.transforms.length, trimmed?.transforms.length], [Date, 0, 1]);
  });

  it('reads an exposed property from its name outside, always, unless that is for output only', () => {
    class Event {
      @Expose({ name: 'order_id' }) id!: number;
      @Expose() same!: number;
      @Expose({ name: 'out', toPlainOnly: true }) written!: number;
    }
    const plan = planOf(Event, ['id']);
    assert.deepEqual(readsOf(Event, ['id']), ['order_id→id!', 'same→same!', 'written→written']);
    // Other keys fill the same property, whatever the direction: then the order of the input's keys decides.
    assert.deepEqual(plan.doubtful, ['id', 'out']);
  });

  it('reads nothing into excluded properties', () => {
    class Event {
      @Exclude() secret!: string;
      @Exclude({ toPlainOnly: true }) hidden!: string;
    }
    const plan = planOf(Event, ['secret', 'hidden']);
    assert.deepEqual(readsOf(Event, ['secret', 'hidden']), ['hidden→hidden']);
    assert.deepEqual(plan.known.toSorted(), ['hidden', 'secret']);
  });

  it('of an excluded class reads only what is exposed', () => {
    @Exclude()
    class Event {
      @Expose() shown!: string;
      hidden!: string;
    }
    assert.deepEqual(readsOf(Event, ['shown', 'hidden']), ['shown→shown!']);
    assert.equal(planOf(Event).copiesUnknown, false);
  });

  it('heeds the groups of exposures and transformations', () => {
    class Event {
      @Expose({ groups: ['a'] }) grouped!: string;
      @Transform(() => 1, { groups: ['a'] }) @Transform(() => 2) both!: number;
      @Transform(() => 1, { toPlainOnly: true }) out!: number;
    }
    const transforms = (groups?: string[]): (number | undefined)[] =>
      ['both', 'out'].map(
        (name) => planOf(Event, [], groups).reads.find(({ property }) => property === name)?.transforms.length,
      );
    assert.deepEqual(readsOf(Event, [], ['a']).includes('grouped→grouped!'), true);
    assert.deepEqual(readsOf(Event, [], ['b']).includes('grouped→grouped!'), false);
    assert.deepEqual(readsOf(Event).includes('grouped→grouped!'), false);
    assert.deepEqual(transforms(['a']), [2, 0]);
    assert.deepEqual(transforms(['b', 'a']), [2, 0]);
    assert.deepEqual(transforms(['b']), [1, 0]);
    assert.deepEqual(transforms(), [1, 0]);
  });

  it('inherits', () => {
    class Parent {
      @Type(() => Date) at!: Date;
      @Expose({ name: 'n' }) name!: string;
    }
    class Child extends Parent {
      @Type(() => Number) count!: number;
    }
    assert.deepEqual(readsOf(Child, []).toSorted(), ['at→at', 'count→count', 'n→name!']);
  });

  it('fills no method and no getter', () => {
    class Event {
      method(): number {
        return 1;
      }
      get read(): number {
        return 1;
      }
    }
    assert.deepEqual(readsOf(Event, ['method', 'read', 'plain']), ['plain→plain']);
    assert.deepEqual(planOf(Event, ['method', 'read']).obstacles, []);
  });

  it('says why instances cannot be made by compiled code', () => {
    class Setting {
      set value(_: unknown) {}
    }
    class Getting {
      get value(): number {
        return 1;
      }
    }
    class Inherited extends Getting {}
    class Twice {
      @Expose({ name: 'a' }) @Expose({ name: 'b' }) value!: string;
    }
    class Clash {
      @Expose({ name: 'x' }) a!: string;
      @Expose({ name: 'a' }) y!: string;
    }
    class Odd {
      @Expose({ name: 'constructor' }) a!: string;
    }
    assert.deepEqual(planOf(Setting).obstacles, ['value: a setter']);
    assert.deepEqual(planOf(Getting).obstacles, []);
    assert.deepEqual(planOf(Inherited).obstacles, ['value: an inherited getter']);
    assert.deepEqual(planOf(Odd).obstacles, ['constructor: a name that every object has']);
    assert.deepEqual(planOf(Clash).obstacles, []);
    assert.deepEqual(
      planOf(Twice).reads.map(({ property }) => property),
      ['value'],
    );
    assert.deepEqual(planOf(class {}, ['toString']).obstacles, ['toString: a name that every object has']);
  });

  it('does without a class-transformer whose metadata it does not know', () => {
    const storage = Object.create(libraries.transformerStorage, {
      _typeMetadatas: { value: undefined },
    }) as typeof libraries.transformerStorage;
    const { obstacles } = planReads(class {}, [], undefined, { ...libraries, transformerStorage: storage });
    assert.deepEqual(obstacles, ['an unknown class-transformer']);
  });
});
