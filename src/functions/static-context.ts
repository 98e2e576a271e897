import { StartupError } from '../errors/startup-error.js';

/**
 * The option `extendedContext`: JSON, an object. `undefined` where it is empty.
 * @throws StartupError for anything else.
 */
export function readStaticContext(text: string): Record<string, unknown> | undefined {
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Without the parser's message, which quotes the text: it may hold credentials.
    throw mistake('it is no JSON', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mistake('it is no object');
  return value as Record<string, unknown>; // an object has these
}

function mistake(problem: string, cause?: unknown): StartupError {
  const remedy = 'give an object as JSON: {"userId":"1"}';
  return new StartupError([{ where: 'option extendedContext', problem, remedy }], { cause });
}
