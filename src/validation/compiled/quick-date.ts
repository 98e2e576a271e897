const ZERO = 48;
/** The length of `2026-11-23T09:30:00.000Z`. */
const LENGTH = 24;

/**
 * `new Date(text)`, four times as fast for what `JSON.stringify` makes of a Date: its form and its ranges are checked
 * here. Everything else, and the ends of months, is left to `Date`.
 */
export function dateOf(text: string): Date {
  if (text.length !== LENGTH || text.charCodeAt(10) !== 84 || text.charCodeAt(23) !== 90) return new Date(text);
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return new Date(text);
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58 || text.charCodeAt(19) !== 46) return new Date(text);
  const century = twoDigits(text, 0);
  const year = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const hundredth = twoDigits(text, 20);
  const thousandth = text.charCodeAt(22) - ZERO;
  // Date.UTC takes years before 100 for those of the 20th century.
  if (!(century >= 1 && year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return new Date(text);
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59)) return new Date(text);
  if (!(hundredth >= 0 && thousandth >= 0 && thousandth <= 9)) return new Date(text);
  return new Date(Date.UTC(century * 100 + year, month - 1, day, hour, minute, second, hundredth * 10 + thousandth));
}

/** The number that two digits make; negative where they are none. */
function twoDigits(text: string, index: number): number {
  const tens = text.charCodeAt(index) - ZERO;
  const ones = text.charCodeAt(index + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
