import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Allow,
  getMetadataStorage,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  validateSync,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { type CheckPlan, planChecks } from '#src/validation/compiled/check-plan.js';
import { mendLibrary } from '#src/validation/mended-library.js';

// It cannot group rules under such names as __proto__ before.
mendLibrary(getMetadataStorage());

function planOf(target: Function, groups?: string[]): CheckPlan {
  return planChecks(target, groups, getMetadataStorage());
}

/** The names of a class's rules, by property. */
function rulesIn(target: Function, groups?: string[]): Record<string, string[]> {
  return Object.fromEntries(
    planOf(target, groups).properties.map(({ property, rules }) => [property, rules.map(({ type }) => type)]),
  );
}

describe('planChecks', () => {
  it('takes the order of properties and rules in which class-validator reports their failures', () => {
    class Order {
      @Max(5) @IsInt() count: unknown = 'x';
      @Length(2, 5) @IsString() sku: unknown = 5;
    }
    const [count, sku] = validateSync(new Order());
    assert.deepEqual(rulesIn(Order), {
      count: Object.keys(count?.constraints ?? {}),
      sku: Object.keys(sku?.constraints ?? {}),
    });
    assert.deepEqual(Object.keys(rulesIn(Order)), ['count', 'sku']);
  });

  it('puts IsDefined before all other rules', () => {
    class Order {
      @IsDefined() @IsInt() @Min(1) count!: number;
    }
    assert.deepEqual(rulesIn(Order)['count']?.[0], 'isDefined');
  });

  it('tells conditions and nested validation from rules', () => {
    class Order {
      @ValidateIf(() => true) @IsOptional() @ValidateNested() @ValidateNested({ each: true }) @IsInt() count!: number;
    }
    const [checks, ...others] = planOf(Order).properties;
    assert.deepEqual(others, []);
    assert.deepEqual([checks?.conditions.length, checks?.rules.length, checks?.nested.length], [2, 1, 2]);
  });

  it('drops inherited rules of a property that a class declares again, as class-validator does', () => {
    class Parent {
      @IsInt() @Min(1) count!: number;
      @IsString() name!: string;
    }
    class Child extends Parent {
      @Min(5) declare count: number;
      @Length(1, 2) more!: string;
    }
    assert.deepEqual(rulesIn(Child), { count: ['min'], more: ['isLength'], name: ['isString'] });
    const errors = validateSync(Object.assign(new Child(), { count: 1.5, more: 'xyz', name: 1 }));
    assert.deepEqual(
      Object.fromEntries(errors.map(({ property, constraints }) => [property, Object.keys(constraints ?? {})])),
      rulesIn(Child),
    );
    const [checks] = planOf(Child).properties;
    assert.deepEqual(checks?.rules[0]?.metadata.constraints, [5]);
    assert.deepEqual(rulesIn(Parent), { count: ['min', 'isInt'], name: ['isString'] });
  });

  it('has the rules of the groups that are asked for, and those that apply always', () => {
    class Order {
      @IsInt() any!: unknown;
      @IsInt({ groups: ['write'] }) write!: unknown;
      @IsInt({ groups: ['read', 'list'] }) read!: unknown;
      @IsInt({ always: true }) always!: unknown;
    }
    assert.deepEqual(Object.keys(rulesIn(Order)), ['any', 'write', 'read', 'always']);
    assert.deepEqual(Object.keys(rulesIn(Order, [])), ['any', 'write', 'read', 'always']);
    assert.deepEqual(Object.keys(rulesIn(Order, ['write'])), ['write', 'always']);
    assert.deepEqual(Object.keys(rulesIn(Order, ['list', 'write'])), ['write', 'read', 'always']);
    assert.deepEqual(Object.keys(rulesIn(Order, ['other'])), ['always']);
  });

  it('calls known what has any rule, Allow included', () => {
    class Order {
      @Allow() note!: unknown;
      @IsOptional() maybe!: unknown;
      @IsInt() count!: unknown;
      other!: unknown;
    }
    assert.deepEqual(planOf(Order).allowed, ['note', 'maybe', 'count']);
    assert.equal(planOf(Order).empty, false);
  });

  it('is empty for a class without rules, or without rules in the groups', () => {
    class Bare {}
    class Grouped {
      @IsInt({ groups: ['write'] }) count!: number;
    }
    assert.deepEqual(planOf(Bare), { properties: [], allowed: [], empty: true, obstacles: [] });
    assert.equal(planOf(Grouped).empty, false);
    assert.equal(planOf(Grouped, ['read']).empty, true);
  });

  it('names a rule as its failure is named', () => {
    @ValidatorConstraint({ name: 'free' })
    class Free implements ValidatorConstraintInterface {
      validate(): boolean {
        return false;
      }
    }
    @ValidatorConstraint()
    class Unnamed implements ValidatorConstraintInterface {
      validate(): boolean {
        return false;
      }
    }
    class Order {
      @Validate(Free) free!: unknown;
      @Validate(Unnamed) unnamed!: unknown;
    }
    const names = validateSync(new Order()).flatMap(({ constraints }) => Object.keys(constraints ?? {}));
    assert.deepEqual(Object.values(rulesIn(Order)).flat(), names);
  });

  it('says what of a class cannot be compiled', () => {
    const key = Symbol('key');
    class Order {
      @ValidatePromise() soon!: unknown;
      [key]!: unknown;
    }
    const decorate: (target: object, name: string | symbol) => void = IsInt();
    decorate(Order.prototype, key);
    decorate(Order.prototype, '__proto__');
    assert.deepEqual(planOf(Order).obstacles.toSorted(), [
      'a property named __proto__',
      'a property named by a symbol',
      'soon: ValidatePromise',
    ]);
  });
});
