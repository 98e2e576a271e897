/** How one option is read from text (the command line, the environment) and checked. */
export interface OptionDefinition<Value> {
  /** What it means: for `--help` and docs/options.md. */
  readonly meaning: string;
  /** Names in the environment, first found first; the functions-framework's own name among them where it has one. */
  readonly env: readonly string[];
  /** What it is unless it is given. */
  readonly fallback: Value;
  /** What is allowed, for messages: `a whole number from 0 to 65535`. */
  readonly allowed: string;
  /** The value of a text; `undefined` where it is not allowed. */
  parse(text: string): Value | undefined;
  /** Whether a value given in code is allowed. */
  accepts(value: unknown): boolean;
}

export function integer(
  fallback: number,
  [min, max]: readonly [number, number],
  env: readonly string[],
  meaning: string,
): OptionDefinition<number> {
  const accepts = (value: unknown) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  return {
    meaning,
    env,
    fallback,
    allowed: `a whole number from ${min} to ${max === Number.MAX_SAFE_INTEGER ? '2^53-1' : max}`,
    parse: (given) => (/^\d+$/.test(given) && accepts(Number(given)) ? Number(given) : undefined),
    accepts,
  };
}

/** How a switch is written. */
const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

export function flag(fallback: boolean, env: readonly string[], meaning: string): OptionDefinition<boolean> {
  return {
    meaning,
    env,
    fallback,
    allowed: 'true or false',
    parse: (given) => SWITCH.get(given.toLowerCase()),
    accepts: (value) => typeof value === 'boolean',
  };
}

/** A switch that is decided by the circumstances unless somebody decides it. */
export function automatic(env: readonly string[], meaning: string): OptionDefinition<'auto' | boolean> {
  return {
    meaning,
    env,
    fallback: 'auto',
    allowed: 'auto, true or false',
    parse: (given) => (given.toLowerCase() === 'auto' ? 'auto' : SWITCH.get(given.toLowerCase())),
    accepts: (value) => value === 'auto' || typeof value === 'boolean',
  };
}

export function text(fallback: string, env: readonly string[], meaning: string): OptionDefinition<string> {
  return {
    meaning,
    env,
    fallback,
    allowed: 'text',
    parse: (value) => value,
    accepts: (value) => typeof value === 'string',
  };
}

/** A path of a URL, or nothing. */
export function path(fallback: string, env: readonly string[], meaning: string): OptionDefinition<string> {
  return {
    meaning,
    env,
    fallback,
    allowed: 'a path that begins with /, or nothing',
    parse: (value) => (isPath(value) ? value : undefined),
    accepts: isPath,
  };
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^(?:\/[^\s?#]*)?$/.test(value);
}

export function oneOf<const Value extends string>(
  fallback: Value,
  values: readonly Value[],
  env: readonly string[],
  meaning: string,
): OptionDefinition<Value> {
  return {
    meaning,
    env,
    fallback,
    allowed: `one of ${values.join(', ')}`,
    parse: (value) => values.find((allowed) => allowed === value),
    accepts: (value) => values.some((allowed) => allowed === value),
  };
}

export function list(env: readonly string[], meaning: string): OptionDefinition<readonly string[]> {
  return {
    meaning,
    env,
    fallback: [],
    allowed: 'a list, separated by commas',
    parse: (value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  };
}
