/** Code units from and to, both included. */
type Range = readonly [from: number, to: number];

/** Longer texts are looked at as quickly by the pattern. */
const LONGEST = 24;

/** A class, an escape or a character that stands for itself, and how often. Everything else is left to the pattern. */
const PIECE = /\[((?:[\w .,:;/+@#-]|\\[dw\-.])+)\]|\\([dw]|[^\w\s])|([\w ,:;/@#_-])/y;
const COUNT = /\{(\d{1,2})\}/y;

const DIGITS: readonly Range[] = [[48, 57]];
const WORD: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];

/**
 * An expression for a pattern that asks for a certain kind of character at each place, as those of article numbers,
 * postcodes and colours do (`/^[A-Z]{2}-\d{4}$/`): to compare the characters takes half the time of the pattern.
 * `undefined` for any other pattern: with alternatives, with an open length, not bound to both ends, with flags but `u`.
 *
 * @param text the name of a text
 */
export function plainPatternRule(text: string, { source, flags }: RegExp): string | undefined {
  if ((flags !== '' && flags !== 'u') || !source.startsWith('^') || !source.endsWith('$')) return undefined;
  const places = placesOf(source.slice(1, -1));
  if (places === undefined || places.length === 0) return undefined;
  return [
    `${text}.length === ${places.length}`,
    ...places.map((ranges, index) => placeRule(`${text}.charCodeAt(${index})`, ranges)),
  ].join(' && ');
}

function placesOf(body: string): (readonly Range[])[] | undefined {
  const places: (readonly Range[])[] = [];
  let at = 0;
  while (at < body.length) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(body);
    if (piece === null) return undefined;
    const [whole, inClass, escaped, literal] = piece;
    at += whole.length;
    const ranges = inClass === undefined ? rangesOfEscape(escaped ?? '', literal) : rangesOfClass(inClass);
    if (ranges === undefined) return undefined;
    COUNT.lastIndex = at;
    const count = COUNT.exec(body);
    at += count?.[0].length ?? 0;
    const times = Number(count?.[1] ?? 1);
    if (places.length + times > LONGEST) return undefined;
    for (let time = 0; time < times; time++) places.push(ranges);
  }
  return places;
}

function rangesOfEscape(escaped: string, literal: string | undefined): readonly Range[] {
  if (escaped === 'd') return DIGITS;
  if (escaped === 'w') return WORD;
  const code = (literal ?? escaped).charCodeAt(0);
  return [[code, code]];
}

/** `A-Z\d_`: ranges, escapes and characters; a hyphen only first or last, where it stands for itself. */
function rangesOfClass(inner: string): readonly Range[] | undefined {
  const ranges: Range[] = [];
  for (let at = 0; at < inner.length; ) {
    const escape = inner[at] === '\\' ? inner[at + 1] : undefined;
    if (escape !== undefined) {
      ranges.push(...rangesOfEscape(escape, undefined));
      at += 2;
      if (inner[at] === '-' && at + 1 < inner.length) return undefined;
      continue;
    }
    const from = inner.charCodeAt(at);
    if (inner[at + 1] === '-' && at + 2 < inner.length) {
      const to = inner.charCodeAt(at + 2);
      if (inner[at + 2] === '\\' || inner[at] === '-' || to < from) return undefined;
      ranges.push([from, to]);
      at += 3;
    } else {
      if (inner[at] === '-' && at > 0 && at + 1 < inner.length) return undefined;
      ranges.push([from, from]);
      at += 1;
    }
  }
  return ranges;
}

function placeRule(code: string, ranges: readonly Range[]): string {
  // As unsigned, what is below a range is far above it: one comparison each.
  const each = ranges.map(([from, to]) =>
    from === to ? `${code} === ${from}` : `(${code} - ${from} >>> 0) <= ${to - from}`,
  );
  return each.length === 1 ? (each[0] ?? 'false') : `(${each.join(' || ')})`;
}
