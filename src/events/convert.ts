/** A conversion from what a request holds to a declared type; a `Misfit` where the one cannot become the other. */
export type Converter = (raw: unknown) => unknown;

/** Why a value does not fit its declared type. */
export class Misfit {
  constructor(
    /** Completes a sentence that begins with the property: `must be a number`. Never holds the value. */
    readonly expectation: string,
    /** What the rules are applied to instead. */
    readonly handedOver: unknown,
    /** About the elements of a list. */
    readonly each = false,
    /** Given several times where once is meant: the only thing wrong that is worth saying. */
    readonly repeated = false,
  ) {}
}

// JSON's grammar of numbers (RFC 8259, section 6) with leading zeros: no blank, no hex, no sign but minus.
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;
/** More digits are refused: reading them costs more than linear time, 170 ms for a million (as CVE-2020-10735). */
const MAX_BIGINT_DIGITS = 4300;
// A date, or a date with a time, in the extended format of ISO 8601 that ECMAScript shares (years of six digits too).
const ISO_DATE =
  /^(?<year>\d{4}|[+-]\d{6})-(?<month>\d\d)-(?<day>\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;
const BOOLEANS = new Map([
  ...['true', '1', 'on', 'yes'].map((word) => [word, true] as const),
  ...['false', '0', 'off', 'no'].map((word) => [word, false] as const),
]);

/** One text as one value; `undefined` where it cannot be converted. */
type TextReader = (text: string) => unknown;

interface ScalarType {
  readonly read: TextReader;
  readonly expectation: string;
}

const SCALARS = new Map<unknown, ScalarType>([
  [String, { read: (text) => text, expectation: 'must be a string' }],
  [Number, { read: readNumber, expectation: 'must be a number' }],
  [Boolean, { read: (text) => BOOLEANS.get(text), expectation: 'must be true or false' }],
  [BigInt, { read: readBigInt, expectation: 'must be an integer' }],
  [Date, { read: readDate, expectation: 'must be an ISO 8601 date' }],
]);

/** What the compiler emits for unions, interfaces, type-only imports: nothing that a value could be held against. */
const SAYS_NOTHING = new Set<unknown>([
  undefined,
  null,
  Object,
  Function,
  Promise,
  Array,
  Set,
  Map,
  Buffer,
  Uint8Array,
]);

/**
 * The conversion to a declared type: `Number`, `Boolean`, `Date`, `BigInt`, `String`, an enum object, or a class, of
 * which text can never be an instance. Made once for each property, at its event's first request.
 *
 * @param type of the elements where `list`
 * @returns `undefined` where values are handed over as they come.
 * @example
 * converterFor(Number, false)?.('12')        // 12
 * converterFor(Number, true)?.(['1', '2'])   // [1, 2]
 * converterFor(Number, false)?.('0x1f')      // Misfit 'must be a number'
 */
export function converterFor(type: unknown, list: boolean): Converter | undefined {
  const convertOne = scalarConverter(type);
  if (list) return listConverter(convertOne);
  return convertOne === undefined ? undefined : onceConverter(convertOne);
}

function scalarConverter(type: unknown): Converter | undefined {
  if (SAYS_NOTHING.has(type)) return undefined;
  const scalar = SCALARS.get(type) ?? (typeof type === 'object' && type !== null ? enumType(type) : undefined);
  if (scalar !== undefined) {
    return (raw) => {
      const value = typeof raw === 'string' ? scalar.read(raw) : undefined;
      return value === undefined ? new Misfit(scalar.expectation, raw) : value;
    };
  }
  if (typeof type !== 'function') return undefined;
  const expectation = `must be of type ${type.name}`;
  return (raw) => (raw instanceof type ? raw : new Misfit(expectation, raw));
}

/** A scalar is given once: the first of several values goes on to the rules, so that they meet the type they expect. */
function onceConverter(convertOne: Converter): Converter {
  return (raw) => {
    if (!Array.isArray(raw)) return convertOne(raw);
    if (raw.length === 1) return convertOne(raw[0]);
    const first = convertOne(raw[0]);
    return new Misfit('must be given once', first instanceof Misfit ? first.handedOver : first, false, true);
  };
}

function listConverter(convertOne: Converter | undefined): Converter {
  return (raw) => {
    const items: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
    if (convertOne === undefined) return items;
    let misfit: Misfit | undefined;
    const converted = items.map((item) => {
      const value = convertOne(item);
      if (!(value instanceof Misfit)) return value;
      misfit ??= value;
      return value.handedOver;
    });
    return misfit === undefined ? converted : new Misfit(misfit.expectation, converted, true);
  };
}

function readNumber(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function readBigInt(text: string): bigint | undefined {
  return text.length <= MAX_BIGINT_DIGITS && INTEGER.test(text) ? BigInt(text) : undefined;
}

function readDate(text: string): Date | undefined {
  const { year, month, day } = ISO_DATE.exec(text)?.groups ?? {};
  if (year === '-000000') return undefined; // ECMA-262, 21.4.1.32.1: there is no such year
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  // V8 takes 30 February for 2 March.
  return Number(day) <= daysIn(Number(year), Number(month)) ? date : undefined;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** oxc emits the enum itself where tsc emits Number or String. A number's way back to its name is no member. */
function enumType(members: object): ScalarType {
  const entries = new Map<string, unknown>(Object.entries(members));
  const values = new Map<string, unknown>();
  for (const [name, value] of entries) {
    const back = typeof value === 'string' ? entries.get(value) : undefined;
    if (typeof back !== 'number' || String(back) !== name) values.set(String(value), value);
  }
  return { read: (text) => values.get(text), expectation: 'must be one of the allowed values' };
}
