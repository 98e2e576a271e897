/**
 * A difference to functions-framework, and why. docs/migrating.md shows `what`, `peer`, `yunction` and `reason` as a
 * table, which a test holds to this list.
 */
export interface KnownDifference {
  readonly what: string;
  /** What functions-framework does. */
  readonly peer: string;
  readonly yunction: string;
  /** A fault of functions-framework, by its number in `faults.ts`, a standard, or a decision. */
  readonly reason: string;
  /** Where it shows: a row’s name, and in what fields Yunction answers something else, and what. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
