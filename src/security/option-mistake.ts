import { StartupError } from '../errors/startup-error.js';

/**
 * An option of a middleware that cannot be meant so. It is thrown where the middleware is made, which is before the
 * server listens.
 */
export function optionMistake(where: string, problem: string, remedy: string): StartupError {
  return new StartupError([{ where, problem, remedy }]);
}

/** @throws StartupError unless it is a whole number in the range. */
export function checkWhole(where: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw optionMistake(where, `it is ${String(value)}`, `give a whole number ${range}`);
}
