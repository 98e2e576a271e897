import { StartupError } from '../errors/startup-error.js';

/**
 * An option of a middleware that cannot be meant so. It is thrown where the middleware is made, which is before the
 * server listens.
 */
export function optionMistake(where: string, problem: string, remedy: string): StartupError {
  return new StartupError([{ where, problem, remedy }]);
}

/**
 * A name that nobody reads is a mistake, as a guard lets in more than was meant where its `audience` is misspelt. The
 * compiler tells of it where the options are written in place, and of no others.
 *
 * @param known every option by its name.
 * @throws StartupError also where there are no options at all.
 */
export function checkNames<Options extends object>(
  where: string,
  options: Options | undefined,
  known: Readonly<Record<keyof Options, unknown>>,
): asserts options is Options {
  const remedy = `use ${Object.keys(known).join(', ')}`;
  if (typeof options !== 'object' || options === null) throw optionMistake(where, 'it has no options', remedy);
  const odd = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (odd !== undefined) throw optionMistake(where, `it knows no ${odd}`, remedy);
}

/** @throws StartupError unless it is a whole number in the range. */
export function checkWhole(where: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw optionMistake(where, `it is ${String(value)}`, `give a whole number ${range}`);
}
