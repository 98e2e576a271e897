import { twoDigits } from './quick-date.js';

const SURROGATES = 0xd800;

/** Whether the first code units of a text, so many, are characters of their own. It has them all. */
export function startsPlain(text: string, count: number): boolean {
  // Variation selectors (U+FE0E, U+FE0F) come after the surrogates too.
  for (let index = 0; index < count; index++) if (text.charCodeAt(index) >= SURROGATES) return false;
  return true;
}

/** `IsNumber({ maxDecimalPlaces })` of a finite number. One written with an exponent and no point is refused. */
export function hasFewDecimals(value: number, max: number): boolean {
  if (value % 1 === 0) return 0 <= max;
  const text = value.toString();
  const point = text.indexOf('.');
  return point !== -1 && text.length - point - 1 <= max;
}

/**
 * Whether a text is a moment of the common form: `2026-11-23T09:30:00Z`, with or without a fraction of the second.
 * validator.js accepts all of these; it is asked about the others. The ends of months are among the others.
 */
export function isPlainMoment(text: string): boolean {
  const { length } = text;
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== 90) return false;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return false;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return false;
  if (length > 20 && (text.charCodeAt(19) !== 46 || length === 21)) return false;
  for (let index = 20; index < length - 1; index++) if (!isDigit(text.charCodeAt(index))) return false;
  return (
    twoDigits(text, 0) >= 0 &&
    twoDigits(text, 2) >= 0 &&
    isWithin(twoDigits(text, 5), 1, 12) &&
    isWithin(twoDigits(text, 8), 1, 28) &&
    isWithin(twoDigits(text, 11), 0, 23) &&
    isWithin(twoDigits(text, 14), 0, 59) &&
    isWithin(twoDigits(text, 17), 0, 59)
  );
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const enum Kind {
  Other = 0,
  Digit = 1,
  Letter = 2,
  /** Underscore and plus: in the local part only. */
  Local = 3,
  Hyphen = 4,
  Dot = 5,
  At = 6,
}

const KINDS = kindsOfCharacters();
const LONGEST_LOCAL = 64;
const LONGEST_LABEL = 63;
const LONGEST = 254;

/**
 * Whether a value is an e-mail address of the common form: letters, digits, `_`, `+`, `-` and single dots, at a domain
 * of ASCII labels. validator.js accepts all of these; it is asked about the others, which costs forty times as much.
 */
export function isPlainEmail(value: string): boolean {
  if (value.length > LONGEST) return false;
  const at = endOfLocalPart(value);
  return at > 0 && at <= LONGEST_LOCAL && isPlainDomain(value, at + 1);
}

/** The position of the @ after a plain local part, or -1. */
function endOfLocalPart(text: string): number {
  let last = Kind.Dot;
  for (let index = 0; index < text.length; index++) {
    const kind = kindOf(text, index);
    if (kind === Kind.At) return last === Kind.Dot ? -1 : index;
    if (kind === Kind.Other || (kind === Kind.Dot && last === Kind.Dot)) return -1;
    last = kind;
  }
  return -1;
}

function isPlainDomain(text: string, start: number): boolean {
  let labelStart = start;
  let last = Kind.Dot;
  let letters = 0;
  let labels = 0;
  for (let index = start; index <= text.length; index++) {
    const kind = index === text.length ? Kind.Dot : kindOf(text, index);
    if (kind === Kind.Dot) {
      // A label must not be empty or end with a hyphen.
      if (last === Kind.Dot || last === Kind.Hyphen || index - labelStart > LONGEST_LABEL) return false;
      labels++;
      if (index === text.length) return labels >= 2 && index - labelStart >= 2 && letters === index - labelStart;
      labelStart = index + 1;
      letters = 0;
    } else if (kind === Kind.Letter) letters++;
    else if (kind === Kind.Hyphen ? last === Kind.Dot : kind !== Kind.Digit) return false;
    last = kind;
  }
  return false;
}

function kindOf(text: string, index: number): Kind {
  const code = text.charCodeAt(index);
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the table holds nothing else
  return code < KINDS.length ? (KINDS[code] as Kind) : Kind.Other;
}

function kindsOfCharacters(): Uint8Array {
  const kinds = new Uint8Array(128);
  const mark = (characters: string, kind: Kind): void => {
    for (const character of characters) kinds[character.charCodeAt(0)] = kind;
  };
  mark('0123456789', Kind.Digit);
  mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', Kind.Letter);
  mark('_+', Kind.Local);
  mark('-', Kind.Hyphen);
  mark('.', Kind.Dot);
  mark('@', Kind.At);
  return kinds;
}
