import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import * as library from 'class-validator';
import fc from 'fast-check';
import { INLINE_RULES } from '#src/validation/compiled/inline-rules.js';
import { SourceWriter } from '#src/validation/compiled/source-writer.js';

enum Colour {
  Red = 'red',
  Green = 'green',
}
enum Level {
  Low,
  High = 5,
}
class Point {
  x = 0;
}

type Predicate = (value: unknown, ...constraints: readonly unknown[]) => unknown;
/** A predicate of the library: some promise to be given less than any value, and check all the same. */
function predicate(own: (...given: never) => unknown): Predicate {
  return own as Predicate;
}

/** Where these two throw at hostile values, Yunction's mended library refuses: see mended-library.ts. */
function refusing(own: Predicate, fault: new () => Error): Predicate {
  return (...given) => {
    try {
      return own(...given);
    } catch (thrown) {
      if (thrown instanceof fault) return false;
      throw thrown;
    }
  };
}

interface Case {
  readonly own: Predicate;
  /** Lists of arguments that are written in line. */
  readonly inline: readonly (readonly unknown[])[];
  /** Lists of arguments that are left to the library. */
  readonly left: readonly (readonly unknown[])[];
}

const NONE = [[]];
const LIMITS = [[0], [1], [-1.5], [Number.NaN], [Number.POSITIVE_INFINITY]];
const NO_LIMITS = [['1'], [undefined], [null], [1n]];
const OTHERS = [[0], ['a'], [null], [undefined], [Number.NaN], [new Point()]];
const LISTS = [[[0]], [[]], [['a', null, undefined, Number.NaN]], [Array.from({ length: 30 }, (_, index) => index)]];
const NO_LISTS = [[new Set([1])], ['abc'], [{}], [undefined]];
const DATES = [[new Date(0)], [new Date(Number.NaN)]];

const CASES: Record<string, Case> = {
  isString: { own: predicate(library.isString), inline: NONE, left: [] },
  isBoolean: { own: predicate(library.isBoolean), inline: NONE, left: [] },
  isInt: { own: predicate(library.isInt), inline: NONE, left: [] },
  isDate: { own: predicate(library.isDate), inline: NONE, left: [] },
  isArray: { own: predicate(library.isArray), inline: NONE, left: [] },
  isObject: { own: predicate(library.isObject), inline: NONE, left: [] },
  isDefined: { own: predicate(library.isDefined), inline: NONE, left: [] },
  isEmpty: { own: predicate(library.isEmpty), inline: NONE, left: [] },
  isNotEmpty: { own: predicate(library.isNotEmpty), inline: NONE, left: [] },
  isPositive: { own: predicate(library.isPositive), inline: NONE, left: [] },
  isNegative: { own: predicate(library.isNegative), inline: NONE, left: [] },
  arrayNotEmpty: { own: predicate(library.arrayNotEmpty), inline: NONE, left: [] },
  min: { own: predicate(library.min), inline: LIMITS, left: NO_LIMITS },
  max: { own: predicate(library.max), inline: LIMITS, left: NO_LIMITS },
  arrayMinSize: { own: predicate(library.arrayMinSize), inline: LIMITS, left: NO_LIMITS },
  arrayMaxSize: { own: predicate(library.arrayMaxSize), inline: LIMITS, left: NO_LIMITS },
  equals: { own: predicate(library.equals), inline: OTHERS, left: [] },
  notEquals: { own: predicate(library.notEquals), inline: OTHERS, left: [] },
  isIn: { own: predicate(library.isIn), inline: LISTS, left: NO_LISTS },
  isNotIn: { own: predicate(library.isNotIn), inline: LISTS, left: NO_LISTS },
  isEnum: {
    own: predicate(library.isEnum),
    inline: [[Colour], [Level], [{ a: undefined }], [{ 'quote"': 1 }]],
    left: [[{}], [Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, index]))]],
  },
  isInstance: { own: predicate(library.isInstance), inline: [[Point], [Object], [Map]], left: [[undefined], [{}]] },
  minDate: { own: predicate(library.minDate), inline: DATES, left: [[() => new Date(0)], [0], [undefined]] },
  maxDate: { own: predicate(library.maxDate), inline: DATES, left: [[() => new Date(0)], [0], [undefined]] },
  isNumber: {
    own: refusing(predicate(library.isNumber), TypeError),
    inline: [[{}], [{ maxDecimalPlaces: 2 }], [{ maxDecimalPlaces: 0 }], [{ maxDecimalPlaces: -1 }]],
    left: [
      [{ allowNaN: true }],
      [{ allowInfinity: true, maxDecimalPlaces: 1 }],
      [undefined],
      [{ maxDecimalPlaces: '1' }],
    ],
  },
  isLength: {
    own: predicate(library.length),
    inline: [[0, 0], [2, 5], [1], [0, undefined], [5, 20], [6]],
    left: [
      [undefined, 5],
      ['1', 2],
      [1, '2'],
    ],
  },
  minLength: { own: predicate(library.minLength), inline: [[0], [1], [2], [4], [5]], left: [['1'], [undefined]] },
  maxLength: { own: predicate(library.maxLength), inline: [[0], [1], [5], [undefined]], left: [['1'], [null]] },
  matches: {
    own: predicate(library.matches),
    inline: [[/^[a-z]/], [/B/i], [/^.$/u], [/^$/m]],
    left: [
      [/a/g],
      [/a/y],
      ['a'],
      [undefined],
      [Object.assign(/a/, { exec: () => null })],
      [new (class extends RegExp {})('a')],
    ],
  },
  isIso8601: { own: predicate(library.isISO8601), inline: NONE, left: [[{}], [{ strict: true }]] },
  isDateString: { own: predicate(library.isDateString), inline: NONE, left: [[{}], [{ strict: true }]] },
  isEmail: {
    own: refusing(predicate(library.isEmail), URIError),
    inline: NONE,
    left: [[{ allow_display_name: true }], [{}]],
  },
};

/** The rule as generated code: what it answers, and how often it has asked the library. */
function inlined(name: string, own: Predicate, constraints: readonly unknown[]) {
  const writer = new SourceWriter();
  const asked: unknown[] = [];
  const ask = (value: unknown): unknown => {
    asked.push(value);
    return own(value, ...constraints);
  };
  const expression = INLINE_RULES.get(name)?.write('v', constraints, {
    constant: (value) => writer.constant(value),
    asks: (value) => `${writer.constant(ask)}(${value})`,
  });
  if (expression === undefined) return undefined;
  // As it stands in generated code: within a condition, among others.
  writer.line(`return !(${expression}) ? false : true;`);
  const test = writer.build('rule', 'v');
  assert.ok(typeof test === 'function');
  return { test: (value: unknown): unknown => test(value), asked };
}

function outcome(ask: () => unknown): unknown {
  try {
    return Boolean(ask());
  } catch (thrown) {
    return Object.getPrototypeOf(thrown);
  }
}

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  5,
  29,
  1.5,
  1.25,
  0.125,
  1e-7,
  1e21,
  2 ** 60,
  -1.5,
  Math.PI,
  Number.NaN,
  Infinity,
  -Infinity,
];
const WORDS = ['', ' ', 'a', 'B', 'ab', 'abc', 'abcde', 'abcdef', '0', '5', 'red', 'green', 'Red', 'Low', 'a\nb', '\n'];
const PAIRS = [
  '\u00e4',
  '\u{1f600}',
  '\u{1f600}\u{1f600}',
  'a\ufe0f',
  '\u{1f600}\ufe0f',
  '\ud800',
  '\udc00a',
  '\ud800'.repeat(6),
];
const ADDRESSES = [
  '2026-11-23T09:30:00.000Z',
  '2026-11-31T09:30:00Z',
  '2026-11-23',
  '2026-13-01T00:00:00Z',
  'ada@example.com',
  'a@b',
  '@',
  'ada @example.com',
  'a@b.co ',
  '"a b"@c.de',
  '\ud800@example.com',
  '\u00e4@b.de',
];
const LENGTHS = [[], [1], [undefined], [[]], Object.assign([], { length: 2 }), ['a', 'b'], Array.from({ length: 20 })];
const OBJECTS = [
  {},
  { length: 1 },
  { getTime: () => 1 },
  Object.create(null),
  Object.create(Date.prototype),
  new Point(),
];
const BUILT_IN = [
  new Date(0),
  new Date(1),
  new Date(-1),
  new Date(Number.NaN),
  new Map(),
  new Set([1]),
  /a/,
  new Error('e'),
];
// oxlint-disable-next-line no-new-wrappers -- the library accepts some of these
const WRAPPED = [
  new String('a'),
  new Number(1),
  new Boolean(false),
  Buffer.from('a'),
  new Uint8Array(2),
  Promise.resolve(1),
];
const OTHER = [undefined, null, true, false, 0n, 5n, Symbol('s'), () => 1, Point];
const VALUES: readonly unknown[] = [NUMBERS, WORDS, PAIRS, ADDRESSES, LENGTHS, OBJECTS, BUILT_IN, WRAPPED, OTHER].flat(
  1,
);

describe('an inline rule', () => {
  it('has a case here', () => {
    assert.deepEqual(Object.keys(CASES).sort(), [...INLINE_RULES.keys()].sort());
  });

  for (const [name, { own, inline, left }] of Object.entries(CASES)) {
    it(`${name} accepts what the library accepts`, () => {
      for (const constraints of inline) {
        const rule = inlined(name, own, constraints);
        assert.ok(rule, `${name} ${String(constraints)} is written in line`);
        const check = (value: unknown): void => {
          const expected = outcome(() => own(value, ...constraints));
          assert.deepEqual(
            outcome(() => rule.test(value)),
            expected,
            `${name}(${constraints.map(String).join()}) of ${inspect(value)}`,
          );
        };
        VALUES.forEach(check);
        for (const constraint of constraints) check(constraint);
        fc.assert(fc.property(fc.anything({ withDate: true, withBigInt: true, withMap: true }), check), {
          numRuns: 100,
        });
      }
    });

    if (left.length > 0) {
      it(`${name} is left to the library with arguments that are not foreseen`, () => {
        for (const constraints of left) assert.equal(inlined(name, own, constraints), undefined, String(constraints));
      });
    }
  }

  it('is of texts, lengths and e-mails as the library counts them', () => {
    const units = fc.constantFrom(
      ...'aB@. "',
      '\u00e4',
      '\ufe0f',
      '\u{1f600}',
      '\ud800',
      '\udc00',
      'example.com',
      '@b.co',
    );
    const texts = fc.array(units, { maxLength: 7 }).map((parts) => parts.join(''));
    for (const [name, lists] of [
      [
        'isLength',
        [
          [2, 5],
          [1, 1],
          [5, 6],
        ],
      ],
      ['minLength', [[1], [3], [6]]],
      ['maxLength', [[0], [2], [4]]],
      ['isEmail', [[]]],
    ] as const) {
      const own = CASES[name]?.own;
      assert.ok(own);
      for (const constraints of lists) {
        const rule = inlined(name, own, constraints);
        assert.ok(rule);
        fc.assert(
          fc.property(texts, (text) => {
            assert.deepEqual(
              outcome(() => rule.test(text)),
              outcome(() => own(text, ...constraints)),
              JSON.stringify(text),
            );
          }),
          { numRuns: 500 },
        );
      }
    }
  });

  it('asks the library only where it cannot tell by itself', () => {
    const asked = (name: string, constraints: readonly unknown[], values: readonly unknown[]): unknown[] => {
      const own = CASES[name]?.own;
      assert.ok(own);
      const rule = inlined(name, own, constraints);
      assert.ok(rule);
      for (const value of values) rule.test(value);
      return rule.asked;
    };
    assert.deepEqual(asked('isEmail', [], ['ada@example.com', 5, 'no at', undefined]), []);
    assert.deepEqual(asked('isEmail', [], ['\u00e4@b.de']), ['\u00e4@b.de']);
    assert.deepEqual(asked('isLength', [2, 5], ['ab', 'abcde', '', 'a', 5]), []);
    assert.deepEqual(asked('isLength', [2, 5], ['abcdef']), ['abcdef']);
    assert.deepEqual(asked('isEnum', [Colour], ['red', 'green']), []);
    assert.deepEqual(asked('isEnum', [Colour], ['blue']), ['blue']);
  });

  it('heeds a list or an enum that is changed later', () => {
    const list = ['a'];
    const members: Record<string, unknown> = { A: 'a' };
    const isIn = inlined('isIn', predicate(library.isIn), [list]);
    const isEnum = inlined('isEnum', predicate(library.isEnum), [members]);
    list[0] = 'b';
    members['A'] = 'b';
    for (const rule of [isIn, isEnum]) {
      assert.deepEqual([rule?.test('a'), rule?.test('b')], [false, true]);
    }
    list.push('c');
    assert.equal(isIn?.test('c'), true);
  });
});
