import 'reflect-metadata';
import * as V from 'class-validator';

/** What user code has been called with: both validators must call it alike. */
export const calls: unknown[][] = [];

/** A decorator to be. */
export type Rule = (options: V.ValidationOptions) => PropertyDecorator;
/** What one property may be. */
export interface Kind {
  readonly rules: readonly Rule[];
  /** So many of the rules, and so many of the values, please each other. */
  readonly calm: readonly [rules: number, values: number];
  readonly good: readonly unknown[];
  readonly type?: () => Function;
}

enum Colour {
  Red = 'red',
  Green = 'green',
}
enum Level {
  Low,
  High,
}
/** A class without rules. */
export class Point {
  x = 0;
}

@V.ValidatorConstraint({ name: 'asked', async: false })
export class Asked implements V.ValidatorConstraintInterface {
  validate(value: unknown, args: V.ValidationArguments): boolean {
    calls.push(['Asked', args.property, value, args.constraints]);
    return value !== 'taken' && value !== 3;
  }
  defaultMessage(args: V.ValidationArguments): string {
    return `$property of $target is taken (${args.targetName})`;
  }
}
@V.ValidatorConstraint({ name: 'later', async: true })
class Later implements V.ValidatorConstraintInterface {
  async validate(value: unknown, args: V.ValidationArguments): Promise<boolean> {
    calls.push(['Later', args.property, value]);
    if (value === 1) await new Promise((resolve) => setImmediate(resolve));
    return value !== 'taken' && value !== 3;
  }
}

function registered(name: string, validate: (value: unknown) => boolean | Promise<boolean>): Rule {
  return (options) => (target, property) =>
    V.registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      options,
      constraints: ['one', ['two', 3]],
      validator: {
        validate: (value: unknown, args?: V.ValidationArguments) => {
          calls.push([name, args?.property, value, args?.targetName]);
          return validate(value);
        },
        defaultMessage: () => '$property: $constraint1, $constraint2 in $target',
      },
    });
}

/** Rules that go together, and values that please most of them. */
export const KINDS: readonly Kind[] = [
  {
    rules: [
      (o) => V.IsString(o),
      (o) => V.Length(2, 5, o),
      (o) => V.MinLength(2, o),
      (o) => V.MaxLength(6, o),
      (o) => V.IsNotEmpty(o),
      (o) => V.Matches(/^[a-z]/, o),
      (o) => V.Matches(/b/g, o),
      (o) => V.Matches(/^[a-z]\d$/, o),
      (o) => V.Matches(/^\w{3}$/u, o),
      (o) => V.IsAlphanumeric(undefined, o),
      (o) => V.IsIn(['abc', 'abcd', 'ab'], o),
      (o) => V.Contains('a', o),
      (o) => V.IsLowercase(o),
      (o) => V.IsByteLength(1, 6, o),
      (o) => V.NotEquals('abc', o),
      (o) => V.MinLength(5, o),
      registered('mine', (value) => value !== 'abcd'),
      // A rule of the user's own under a built-in name.
      registered('isString', (value) => value !== 'abcd'),
    ],
    calm: [8, 3],
    good: ['abc', 'abcd', 'ab', 'bcd', '\u{1f600}', 'a\ufe0f', '\u{1f600}'.repeat(4)],
  },
  {
    rules: [
      (o) => V.IsInt(o),
      (o) => V.IsNumber({}, o),
      (o) => V.IsNumber({ maxDecimalPlaces: 2 }, o),
      (o) => V.IsNumber({ allowNaN: true, allowInfinity: true }, o),
      (o) => V.Min(1, o),
      (o) => V.Max(100, o),
      (o) => V.IsPositive(o),
      (o) => V.IsIn([1, 2, 3, 4, 50], o),
      (o) => V.IsNotIn([7, 8], o),
      (o) => V.Validate(Asked, ['x'], o),
      (o) => V.Validate(Later, o),
      (o) => V.IsNegative(o),
      (o) => V.IsDivisibleBy(2, o),
      (o) => V.IsEnum(Level, o),
      (o) => V.Equals(2, o),
      registered('soon', (value) => Promise.resolve(value !== 4)),
    ],
    calm: [11, 4],
    good: [1, 2, 4, 50, 0, -1, 1.25, 1e-7, 0.001],
  },
  {
    rules: [
      (o) => V.IsEmail(undefined, o),
      (o) => V.IsEmail({ allow_display_name: true }, o),
      (o) => V.IsString(o),
      (o) => V.IsDefined(o),
      (o) => V.Validate(Asked, o),
    ],
    calm: [5, 2],
    good: ['a@b.co', 'ada.l+x@mail.example.org', 'A <a@b.co>', 'a@b', '\ud800@example.com', 'a..b@c.de'],
  },
  {
    rules: [(o) => V.IsBoolean(o), (o) => V.IsDefined(o), (o) => V.Equals(true, o), (o) => V.IsNotEmpty(o)],
    calm: [2, 2],
    good: [true, false],
  },
  {
    rules: [
      (o) => V.IsDate(o),
      (o) => V.MinDate(new Date('2020-01-01'), o),
      (o) => V.MaxDate(new Date('2030-01-01'), o),
      (o) => V.MaxDate(() => new Date('2030-01-01'), o),
      (o) => V.IsDateString({}, o),
      (o) => V.IsISO8601({}, o),
    ],
    calm: [4, 1],
    type: () => Date,
    good: ['2026-11-23T09:30:00.000Z', '2026-02-30T00:00:00.000Z', '2040-01-01', 0, new Date(0), 'never'],
  },
  {
    rules: [
      (o) => V.IsEnum(Colour, o),
      (o) => V.IsIn(['red', 'green'], o),
      (o) => V.IsOptional(o),
      (o) => V.IsUUID(undefined, o),
      (o) => V.IsUrl({}, o),
      (o) => V.IsEmpty(o),
      (o) => V.IsJSON(o),
    ],
    calm: [3, 2],
    good: ['red', 'green', '8f14e45f-ceea-467f-a8a1-d1f1a2a3b4c5', 'https://a.example', ''],
  },
  {
    rules: [
      (o) => V.IsArray(o),
      (o) => V.ArrayNotEmpty(o),
      (o) => V.ArrayMinSize(1, o),
      (o) => V.ArrayMaxSize(3, o),
      (o) => V.ArrayUnique(o),
      (o) => V.IsInt({ ...o, each: true }),
      (o) => V.Min(1, { ...o, each: true }),
      (o) => V.ArrayContains([1], o),
      (o) => V.IsString({ ...o, each: true }),
      (o) => V.Length(1, 3, { ...o, each: true }),
      (o) => V.Validate(Asked, { ...o, each: true }),
      (o) => V.Validate(Later, { ...o, each: true }),
    ],
    calm: [5, 3],
    good: [
      [1],
      [1, 2, 3],
      ['a', 'b'],
      [],
      [1, 1],
      [1, 3],
      ['taken'],
      [null],
      [[1]],
      new Set([1, 2]),
      new Map([['k', 3]]),
    ],
  },
  {
    rules: [
      (o) => V.IsObject(o),
      (o) => V.IsDefined(o),
      (o) => V.Allow(o),
      (o) => V.IsNotEmptyObject({}, o),
      (o) => V.IsInstance(Point, o),
    ],
    calm: [3, 4],
    good: [{}, { a: 1 }, { a: { b: [1, { c: null }] } }, JSON.parse('{"__proto__":1,"toString":2,"b":3}')],
  },
];
