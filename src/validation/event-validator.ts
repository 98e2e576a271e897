/** A class whose instances are events: built without arguments, filled property by property. */
export type EventClass<T extends object = object> = new () => T;

/** What becomes of properties that the event class does not declare. */
export type UnknownProperties = 'strip' | 'reject' | 'keep';

export interface ValidationOptions {
  /** `strip`: class-validator's `whitelist`; `reject`: its `forbidNonWhitelisted`; `keep`: neither. */
  unknown: UnknownProperties;
  /** Given to both libraries. Default: no groups, so that every rule is applied, as class-validator does. */
  groups?: readonly string[];
  /** Failed rules that are reported at most. Default 100. */
  maxErrors?: number;
}

/** One failed rule before its source is known. It never holds the rejected value. */
export interface FailedRule {
  /** From the event: `lines[0].quantity`. Empty when the whole event is meant. */
  path: string;
  /** class-validator's name of the rule, or `transform` where the input could not be made an instance. */
  rule: string;
  message: string;
}

/** The verdict: an instance, or what is wrong with the input. `cause` is what a transformation threw, for the log. */
export type Validated<T> = { ok: true; value: T } | { ok: false; failures: readonly FailedRule[]; cause?: unknown };

/**
 * From a plain object to a validated instance. An answer without a promise is allowed where no asynchronous rule is
 * involved. What a custom validator throws is thrown on; everything that is the input's fault is a failed rule.
 */
export interface EventValidator<T extends object> {
  validate(input: object): Validated<T> | Promise<Validated<T>>;

  /**
   * What of the event class is left to the libraries, and why, one line each: empty where all is compiled. Known when
   * the libraries are loaded: before the first event, and after `loadLibraries`.
   */
  explain(): readonly string[];
}
