import type { RuleDecorators } from '../libraries.js';
import { plainPatternRule } from './plain-pattern.js';
import { hasFewDecimals, isPlainEmail, isPlainMoment, startsPlain } from './quick-accept.js';

/** How the code of a rule names what it needs. */
export interface RuleWriter {
  /** A name for a value. */
  constant(value: unknown): string;
  /** An expression that asks the library's rule about the value of this name. */
  asks(value: string): string;
}

/** A rule of class-validator that can be written as an expression. */
export interface InlineRule {
  /** The decorator that makes such a rule. */
  readonly decorator: keyof RuleDecorators;
  /** Arguments for a decorator of the same kind. */
  readonly sample: readonly unknown[];
  /**
   * The expression that is true where the library's predicate is; `undefined` where these arguments are not foreseen.
   * Where it can only tell that a value is surely accepted, it asks the library about the others.
   */
  write(value: string, constraints: readonly unknown[], writer: RuleWriter): string | undefined;
}

const IDENTIFIERS_AT_MOST = 24;
const LOOKED_AT_IN_LINE = 4;

/** By the name of the rule. Each expression stands for the predicate of the same name in class-validator 0.15. */
export const INLINE_RULES: ReadonlyMap<string, InlineRule> = new Map<string, InlineRule>([
  [
    'isString',
    { decorator: 'IsString', sample: [], write: (v) => `typeof ${v} === 'string' || ${v} instanceof String` },
  ],
  [
    'isBoolean',
    { decorator: 'IsBoolean', sample: [], write: (v) => `typeof ${v} === 'boolean' || ${v} instanceof Boolean` },
  ],
  ['isInt', { decorator: 'IsInt', sample: [], write: (v) => `Number.isInteger(${v})` }],
  ['isDate', { decorator: 'IsDate', sample: [], write: (v) => `${v} instanceof Date && !isNaN(${v}.getTime())` }],
  ['isArray', { decorator: 'IsArray', sample: [], write: (v) => `Array.isArray(${v})` }],
  [
    'isObject',
    {
      decorator: 'IsObject',
      sample: [],
      write: (v) => `(typeof ${v} === 'object' && ${v} !== null || typeof ${v} === 'function') && !Array.isArray(${v})`,
    },
  ],
  ['isDefined', { decorator: 'IsDefined', sample: [], write: (v) => `${v} !== undefined && ${v} !== null` }],
  ['isEmpty', { decorator: 'IsEmpty', sample: [], write: (v) => `${v} === '' || ${v} === null || ${v} === undefined` }],
  [
    'isNotEmpty',
    { decorator: 'IsNotEmpty', sample: [], write: (v) => `${v} !== '' && ${v} !== null && ${v} !== undefined` },
  ],
  ['isPositive', { decorator: 'IsPositive', sample: [], write: (v) => `typeof ${v} === 'number' && ${v} > 0` }],
  ['isNegative', { decorator: 'IsNegative', sample: [], write: (v) => `typeof ${v} === 'number' && ${v} < 0` }],
  ['arrayNotEmpty', { decorator: 'ArrayNotEmpty', sample: [], write: (v) => `Array.isArray(${v}) && ${v}.length > 0` }],
  ['min', { decorator: 'Min', sample: [0], write: (v, [limit], w) => numberRule(v, '>=', limit, w) }],
  ['max', { decorator: 'Max', sample: [0], write: (v, [limit], w) => numberRule(v, '<=', limit, w) }],
  ['arrayMinSize', { decorator: 'ArrayMinSize', sample: [0], write: (v, [size], w) => sizeRule(v, '>=', size, w) }],
  ['arrayMaxSize', { decorator: 'ArrayMaxSize', sample: [0], write: (v, [size], w) => sizeRule(v, '<=', size, w) }],
  ['equals', { decorator: 'Equals', sample: [0], write: (v, [other], w) => `${v} === ${w.constant(other)}` }],
  ['notEquals', { decorator: 'NotEquals', sample: [0], write: (v, [other], w) => `${v} !== ${w.constant(other)}` }],
  ['isIn', { decorator: 'IsIn', sample: [[0]], write: (v, [list], w) => listRule(v, list, w) }],
  [
    'isNotIn',
    {
      decorator: 'IsNotIn',
      sample: [[0]],
      write: (v, [list], w) => (Array.isArray(list) ? `${w.constant(list)}.indexOf(${v}) === -1` : undefined),
    },
  ],
  ['isEnum', { decorator: 'IsEnum', sample: [{ a: 0 }], write: (v, [members], w) => enumRule(v, members, w) }],
  ['isInstance', { decorator: 'IsInstance', sample: [Object], write: (v, [type], w) => instanceRule(v, type, w) }],
  ['minDate', { decorator: 'MinDate', sample: [new Date(0)], write: (v, [date], w) => dateRule(v, '>=', date, w) }],
  ['maxDate', { decorator: 'MaxDate', sample: [new Date(0)], write: (v, [date], w) => dateRule(v, '<=', date, w) }],
  ['isNumber', { decorator: 'IsNumber', sample: [{}], write: (v, [options], w) => isNumberRule(v, options, w) }],
  ['isLength', { decorator: 'Length', sample: [0, 0], write: (v, [min, max], w) => lengthRule(v, min, max, w) }],
  ['minLength', { decorator: 'MinLength', sample: [0], write: (v, [min], w) => lengthRule(v, min, undefined, w) }],
  ['maxLength', { decorator: 'MaxLength', sample: [0], write: (v, [max], w) => lengthRule(v, 0, max, w) }],
  ['matches', { decorator: 'Matches', sample: [/a/], write: (v, [pattern], w) => patternRule(v, pattern, w) }],
  [
    'isEmail',
    {
      decorator: 'IsEmail',
      sample: [],
      write: (v, [options], w) =>
        options === undefined
          ? `typeof ${v} === 'string' && (${w.constant(isPlainEmail)}(${v}) || ${v}.includes('@') && ${w.asks(v)})`
          : undefined,
    },
  ],
  ['isIso8601', { decorator: 'IsISO8601', sample: [], write: (v, [options], w) => momentRule(v, options, w) }],
  ['isDateString', { decorator: 'IsDateString', sample: [], write: (v, [options], w) => momentRule(v, options, w) }],
]);

function momentRule(v: string, options: unknown, w: RuleWriter): string | undefined {
  if (options !== undefined) return undefined;
  return `typeof ${v} === 'string' && (${w.constant(isPlainMoment)}(${v}) || ${w.asks(v)})`;
}

function numberRule(v: string, operator: string, limit: unknown, w: RuleWriter): string | undefined {
  return typeof limit === 'number' ? `typeof ${v} === 'number' && ${v} ${operator} ${w.constant(limit)}` : undefined;
}

function sizeRule(v: string, operator: string, size: unknown, w: RuleWriter): string | undefined {
  if (typeof size !== 'number') return undefined;
  return `Array.isArray(${v}) && ${v}.length ${operator} ${w.constant(size)}`;
}

/** The list is read at each call, as the library does: an application may fill it later. */
function listRule(v: string, list: unknown, w: RuleWriter): string | undefined {
  if (!Array.isArray(list)) return undefined;
  const name = w.constant(list);
  const anywhere = `${name}.indexOf(${v}) !== -1`;
  if (list.length === 0 || list.length > IDENTIFIERS_AT_MOST) return anywhere;
  const each = list.map((_, index) => `${v} === ${name}[${index}]`).join(' || ');
  return `${v} !== undefined && (${each}) || ${anywhere}`;
}

/** What is one of the members that are known now, and still is, is accepted; the library decides about the rest. */
function enumRule(v: string, members: unknown, w: RuleWriter): string | undefined {
  if (typeof members !== 'object' || members === null) return undefined;
  const keys = Object.keys(members);
  if (keys.length === 0 || keys.length > IDENTIFIERS_AT_MOST) return undefined;
  const name = w.constant(members);
  const each = keys.map((key) => `${v} === ${name}[${JSON.stringify(key)}]`).join(' || ');
  return `${v} !== undefined && (${each}) || ${w.asks(v)}`;
}

function instanceRule(v: string, type: unknown, w: RuleWriter): string | undefined {
  return typeof type === 'function' ? `${v} instanceof ${w.constant(type)}` : undefined;
}

function dateRule(v: string, operator: string, date: unknown, w: RuleWriter): string | undefined {
  if (!(date instanceof Date)) return undefined;
  return `${v} instanceof Date && ${v}.getTime() ${operator} ${w.constant(date)}.getTime()`;
}

function isNumberRule(v: string, options: unknown, w: RuleWriter): string | undefined {
  if (typeof options !== 'object' || options === null) return undefined;
  const { allowNaN, allowInfinity, maxDecimalPlaces } = options as Record<string, unknown>; // read by name only
  if (allowNaN || allowInfinity) return undefined;
  const isFinite = `typeof ${v} === 'number' && isFinite(${v})`;
  if (maxDecimalPlaces === undefined) return isFinite;
  if (typeof maxDecimalPlaces !== 'number') return undefined;
  return `${isFinite} && ${w.constant(hasFewDecimals)}(${v}, ${w.constant(maxDecimalPlaces)})`;
}

/**
 * validator.js counts a surrogate pair, and a character with its variation selector, as one. So a text is at most as
 * long as it has code units, and at least as long as it has code units below the surrogates: it is enough to look at as
 * many as the text must have.
 */
function lengthRule(v: string, min: unknown, max: unknown, w: RuleWriter): string | undefined {
  if (typeof min !== 'number' || !(typeof max === 'number' || max === undefined)) return undefined;
  const conditions: string[] = [];
  if (max !== undefined) conditions.push(`${v}.length <= ${w.constant(max)}`);
  if (min > LOOKED_AT_IN_LINE) conditions.push(`${w.constant(startsPlain)}(${v}, ${w.constant(min)})`);
  // One code unit makes a text of one character, whatever it is.
  else if (min > 1) for (let index = 0; index < min; index++) conditions.push(`${v}.charCodeAt(${index}) < 0xd800`);
  const isText = `typeof ${v} === 'string'${min > 0 ? ` && ${v}.length >= ${w.constant(min)}` : ''}`;
  return conditions.length === 0 ? isText : `${isText} && (${conditions.join(' && ')} || ${w.asks(v)})`;
}

/** With the flags g and y a pattern has a memory, which only `match` treats as the library wants it. */
function patternRule(v: string, pattern: unknown, w: RuleWriter): string | undefined {
  if (!(pattern instanceof RegExp) || pattern.global || pattern.sticky) return undefined;
  if (Object.getPrototypeOf(pattern) !== RegExp.prototype || Object.keys(pattern).length > 0) return undefined;
  const plain = plainPatternRule(v, pattern);
  return `typeof ${v} === 'string' && ${plain ?? `${w.constant(pattern)}.test(${v})`}`;
}
