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

/** A year, month, day, and a time with or without a fraction of the second, in UTC. No part can be read in two ways. */
const MOMENT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/**
 * Whether a text is a moment of the common form: `2026-11-23T09:30:00Z`, with or without a fraction of the second.
 * validator.js accepts all of these; it is asked about the others. The ends of months are among the others.
 */
export function isPlainMoment(text: string): boolean {
  return MOMENT.test(text);
}

/** Words between single dots, and labels between dots and hyphens. No part can be read in two ways. */
const EMAIL = /^[\w+-]+(?:\.[\w+-]+)*@(?:[A-Za-z\d]+(?:-+[A-Za-z\d]+)*\.)+[A-Za-z]{2,}$/;

/** No longer than a local part may be, nor than a label: then neither has to be measured. */
const LONGEST = 64;

/**
 * Whether a value is an e-mail address of the common form: letters, digits, `_`, `+`, `-` and single dots, at a domain
 * of ASCII labels. validator.js accepts all of these; it is asked about the others, which costs forty times as much.
 */
export function isPlainEmail(value: string): boolean {
  return value.length <= LONGEST && EMAIL.test(value);
}
