/**
 * A difference to functions-framework, and why. docs/migrating.md shows `what`, `peer`, `yunction` and `reason` as a
 * table, which a test holds to this list.
 */
export interface KnownDifference {
  readonly what: string;
  readonly peer: string;
  readonly yunction: string;
  /** `fault 6` of the peer, or the decision. */
  readonly reason: string;
  /** Where it shows: a row's name, and Yunction's answer there where it is another one than the peer's. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Every difference that the run finds; one that is not here fails it, and so does one that is no more. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [];
