import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exclude, Expose, plainToInstance, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayUnique,
  IsArray,
  IsDate,
  IsDefined,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  registerDecorator,
  validate,
  ValidateIf,
  ValidateNested,
  type ValidationError,
  type ValidationOptions as RuleOptions,
} from 'class-validator';
import fc from 'fast-check';
import { HttpError } from '#src/errors/http-error.js';
import type { EventClass, FailedRule, Validated, ValidationOptions } from '#src/validation/event-validator.js';
import { createValidator } from '#src/validation/create-validator.js';

/** A custom rule that answers later. */
function IsFree(options?: RuleOptions) {
  return (target: object, propertyName: string): void => {
    registerDecorator({
      name: 'isFree',
      target: target.constructor,
      propertyName,
      ...(options === undefined ? {} : { options }),
      validator: {
        validate: async (value) => {
          await new Promise((resolve) => setImmediate(resolve));
          return value !== 'taken';
        },
        defaultMessage: () => '$property is taken',
      },
    });
  };
}

enum Colour {
  Red = 'red',
  Green = 'green',
}
class Point {
  @IsInt() x!: number;
  @IsInt() @Max(10, { groups: ['small'] }) y!: number;
}
class Named {
  @IsString() @Length(2, 5) name!: string;
}
class Account extends Named {
  @IsEmail() @IsFree() email!: string;
  @IsOptional() @IsInt({ groups: ['small'] }) @Min(1, { always: true }) age?: number;
  @Matches(/^b/, { groups: ['small'] }) declare name: string;
}
class Cat {
  kind!: 'cat';
  @IsInt() lives!: number;
}
class Dog {
  kind!: 'dog';
  @IsString() bark!: string;
}
class Zoo {
  @ValidateNested({ each: true })
  @Type(() => Object, {
    discriminator: {
      property: 'kind',
      subTypes: [
        { value: Cat, name: 'cat' },
        { value: Dog, name: 'dog' },
      ],
    },
  })
  pets!: (Cat | Dog)[];
}
class Everything {
  @IsOptional() @ValidateNested() @Type(() => Point) point?: Point;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Point) points?: Point[];
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Point) set?: Set<Point>;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Point) map?: Map<string, Point>;
  @IsOptional() @IsDate() @Type(() => Date) at?: Date;
  @IsOptional() @IsEnum(Colour, { each: true }) colours?: Colour[];
  @IsOptional() @IsInt({ each: true }) @ArrayUnique() ids?: number[];
  @ValidateIf((event: Everything) => event.at !== undefined) @IsDefined() why?: unknown;
  @IsOptional() @IsFree({ each: true }) names?: string[];
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @IsIn(['a', 'b'])
  choice?: string;
  @Expose({ name: 'out_name' }) @IsOptional() @IsString() outName?: string;
  @Exclude() @IsOptional() @IsString() inner?: string;
  @Expose({ groups: ['small'] }) @IsOptional() @IsInt() grouped?: number;
  @IsOptional() @IsObject() any?: object;
  @IsOptional() @IsNumber({ maxDecimalPlaces: 2 }) price?: number;
  @Allow() note = 'default';
}
class Undecorated {
  a?: number;
}

const OPTIONS: readonly ValidationOptions[] = [
  { unknown: 'strip' },
  { unknown: 'reject' },
  { unknown: 'keep' },
  { unknown: 'strip', groups: ['small'] },
  { unknown: 'reject', groups: ['small', 'other'] },
];

/** The libraries called directly, and their errors flattened by the shortest reading of them. */
async function directly(eventClass: EventClass, input: object, options: ValidationOptions): Promise<Validated<object>> {
  const groups = options.groups === undefined ? {} : { groups: [...options.groups] };
  let value: object;
  try {
    value = plainToInstance(eventClass, input, groups);
  } catch {
    return { ok: false, failures: [] };
  }
  const errors = await validate(value, {
    ...groups,
    whitelist: options.unknown !== 'keep',
    forbidNonWhitelisted: options.unknown === 'reject',
  });
  return errors.length === 0
    ? { ok: true, value }
    : { ok: false, failures: errors.flatMap((error) => flatten(error, '')) };
}

function flatten(error: ValidationError, parent: string): FailedRule[] {
  const { target, property } = error;
  const step = Array.isArray(target) || target instanceof Set ? `[${property}]` : `.${property}`;
  const path = `${parent}${property === undefined ? '' : step}`;
  return [
    ...Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      path: path.replace(/^\./, ''),
      rule,
      message,
    })),
    ...(error.children ?? []).flatMap((child) => flatten(child, path)),
  ];
}

async function assertSame(eventClass: EventClass, text: string): Promise<boolean> {
  let accepted = false;
  for (const options of OPTIONS) {
    const expected = await directly(eventClass, JSON.parse(text) as object, options);
    const actual = await createValidator(eventClass, { ...options, maxErrors: Infinity }).validate(
      JSON.parse(text) as object,
    );
    accepted ||= actual.ok;
    if (!expected.ok && expected.failures.length === 0) {
      // The library throws. With these groups no rule stands on the property, and what is stripped is not looked at.
      const isUnruled = options.unknown === 'strip' && options.groups !== undefined;
      assert.ok(isUnruled || (!actual.ok && actual.failures[0]?.rule === 'transform'), text);
    } else {
      assert.deepEqual(actual, expected, text);
      if (actual.ok && expected.ok)
        assert.equal(Object.getPrototypeOf(actual.value), Object.getPrototypeOf(expected.value));
    }
  }
  return accepted;
}

describe('a validator agrees with the libraries called directly', () => {
  const table: readonly [eventClass: EventClass, input: unknown, accepted: boolean][] = [
    [Account, { name: 'bob', email: 'b@example.com' }, true],
    [Account, { name: 'bob', email: 'b@example.com', age: 0, extra: 1 }, false],
    [Account, { name: 'x', email: 'taken' }, false],
    [Account, {}, false],
    [
      Zoo,
      {
        pets: [
          { kind: 'cat', lives: 9 },
          { kind: 'dog', bark: 'woof' },
        ],
      },
      true,
    ],
    [Zoo, { pets: [{ kind: 'cat', lives: '9' }, { kind: 'dog' }, { kind: 'eel' }, {}] }, false],
    [Zoo, { pets: [null] }, false],
    [Zoo, { pets: { kind: 'cat', lives: 9 } }, true],
    [Undecorated, { a: 1 }, false],
    [Undecorated, {}, false],
    [Everything, {}, true],
    [Everything, { point: { x: 1, y: 2 }, points: [{ x: 1, y: 2 }] }, true],
    [Everything, { points: [{ x: 1 }, null, 5, [], [{ x: 'a' }], [[{}]]] }, false],
    [Everything, { points: 'text' }, false],
    [
      Everything,
      {
        set: [
          { x: 1, y: 1 },
          { x: 'a', y: 20 },
        ],
      },
      false,
    ],
    [Everything, { map: { first: { x: 1, y: 1 }, second: { x: 1.5, y: 20 } } }, false],
    [Everything, { at: '2026-11-23T00:00:00Z' }, false],
    [Everything, { at: '2026-11-23T00:00:00Z', why: 0 }, true],
    [Everything, { at: 'never' }, false],
    [Everything, { colours: ['red', 'blue'], ids: [1, 1, 'x'] }, false],
    [Everything, { names: ['free', 'taken'] }, false],
    [Everything, { choice: ' a ' }, true],
    [Everything, { choice: ['a'] }, false],
    [Everything, { out_name: 'o', inner: 'i', grouped: 1 }, true],
    [Everything, { outName: 'o', out_name: 5, grouped: 'x' }, false],
    [Everything, { any: { toString: 1, a: { b: [1, { c: null }] } } }, true],
    [Everything, { any: { constructor: 1 } }, false],
    [Everything, { note: null, unknown: { deep: [1] } }, true],
    [Everything, { price: 1.234 }, false],
  ];
  for (const [eventClass, input, accepted] of table) {
    it(`on ${eventClass.name} ${JSON.stringify(input)}`, async () => {
      assert.equal(await assertSame(eventClass, JSON.stringify(input)), accepted);
    });
  }

  it('on whatever JSON', async () => {
    const point = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ x: fc.oneof(fc.integer(), fc.string()), y: fc.integer({ min: 0, max: 20 }) }),
      },
      fc.jsonValue({ maxDepth: 1 }),
    );
    const loose = (value: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 4, arbitrary: value }, fc.jsonValue({ maxDepth: 2 }));
    const all = fc.record({
      point: loose(point),
      points: loose(fc.array(point, { maxLength: 3 })),
      set: loose(fc.array(point, { maxLength: 3 })),
      map: loose(fc.dictionary(fc.constantFrom('a', 'b', 'c'), point)),
      at: loose(fc.constantFrom('2026-11-23', 'never', 0)),
      colours: loose(fc.array(fc.constantFrom('red', 'blue'), { maxLength: 3 })),
      ids: loose(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })),
      names: loose(fc.array(fc.constantFrom('free', 'taken'), { maxLength: 3 })),
      choice: loose(fc.constantFrom('a', ' b ', 'c')),
      out_name: loose(fc.string()),
      outName: loose(fc.string()),
      inner: fc.jsonValue({ maxDepth: 1 }),
      grouped: loose(fc.integer()),
      any: loose(fc.dictionary(fc.constantFrom('toString', 'constructor', 'a', 'length', 'then'), fc.jsonValue())),
      note: fc.jsonValue({ maxDepth: 1 }),
      extra: fc.jsonValue({ maxDepth: 1 }),
    });
    // Few keys at a time: with many, hardly any input would be valid.
    const input = fc.tuple(all, fc.array(fc.nat(), { minLength: 1, maxLength: 3 })).map(([full, picks]) => {
      const entries = Object.entries(full);
      return Object.fromEntries(entries.filter((_, index) => picks.some((pick) => pick % entries.length === index)));
    });
    let accepted = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(input, async (value) => {
        if (await assertSame(Everything, JSON.stringify(value))) accepted++;
        else refused++;
      }),
      { numRuns: 200 },
    );
    assert.ok(accepted > 20 && refused > 20, `${accepted} accepted, ${refused} refused`);
  });
});

describe('a validator differs from the libraries', () => {
  async function verdict(eventClass: EventClass, input: unknown): Promise<Validated<object>> {
    return createValidator(eventClass, { unknown: 'strip' }).validate(input as object);
  }

  it('where a built-in rule throws on the input: the rule has failed', async () => {
    class Mail {
      @IsEmail() email!: string;
      @IsNumber({ maxDecimalPlaces: 2 }) price!: number;
      @IsString() name!: string;
    }
    const result = await verdict(Mail, { email: '\ud800@example.com', price: 1e-7 });
    assert.ok(!result.ok);
    assert.deepEqual(
      result.failures.map(({ path, rule }) => [path, rule]),
      [
        ['email', 'isEmail'],
        ['price', 'isNumber'],
        ['name', 'isString'],
      ],
    );
  });

  it('and then leaves no rejected promise of another rule behind', async () => {
    const fault = new Error('the database is away');
    class Mail {
      @IsEmail() @Allow() email!: string;
      @Allow() other!: string;
    }
    const options = { target: Mail, validator: { validate: () => Promise.reject(fault) } };
    registerDecorator({ ...options, name: 'slow', propertyName: 'other' });
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    await assert.rejects(verdict(Mail, { email: '\ud800@example.com', other: 'x' }), fault);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    assert.deepEqual(unhandled, []);
  });

  it('where the transformation throws: a failed rule that names the property', async () => {
    class Strict {
      @Transform(({ value, obj }: { value: unknown; obj: { a: unknown } }) => {
        if (value === obj.a) throw new RangeError('no');
        return value;
      })
      @Expose({ name: 'bee' })
      @Allow()
      b!: unknown;
      @Allow() a!: unknown;
    }
    const result = await verdict(Strict, { a: 1, bee: 1 });
    assert.deepEqual(result.ok ? [] : result.failures, [
      { path: 'b', rule: 'transform', message: 'b could not be transformed' },
    ]);
    assert.ok(!result.ok && result.cause instanceof RangeError);
    assert.ok((await verdict(Strict, { a: 1, bee: 2 })).ok);
  });

  it('where instances stand in the input: they are kept, not rebuilt', async () => {
    class Secretive {
      readonly #text = 'kept';
      read(): string {
        return this.#text;
      }
    }
    class Holder {
      @Allow() one!: Secretive;
      @ValidateNested({ each: true }) @Type(() => Point) points!: unknown[];
    }
    const result = await verdict(Holder, { one: new Secretive(), points: [] });
    assert.equal(result.ok && (result.value as Holder).one.read(), 'kept');
  });

  it('throws an HttpError of a transformation on, and what a custom validator throws', async () => {
    class Refusing {
      @Allow()
      @Transform(() => {
        throw HttpError.conflict('no');
      })
      a!: unknown;
    }
    await assert.rejects(verdict(Refusing, { a: 1 }), { status: 409 });
    class Broken {
      @Allow() a!: unknown;
    }
    const validator = {
      validate: (): boolean => {
        throw new TypeError('a bug');
      },
    };
    registerDecorator({ name: 'broken', target: Broken, propertyName: 'a', validator });
    await assert.rejects(verdict(Broken, { a: 1 }), { message: 'a bug' });
  });
});
