import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

import { findJsonFault } from '../body/json-position.js';
import { describe } from '../errors/problem.js';
import { StartupError } from '../errors/startup-error.js';

/** A JSON document whose values remember where they stand. */
export interface JsonLines {
  readonly value: unknown;
  /** The line on which the value at this path begins, from 1; that of the nearest value around it where it is missing. */
  lineOf(path: readonly (string | number)[]): number;
}

/** One token of a JSON text, white space left out. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g;

/** An array or object that is being read, and where in it the reading is. */
interface Container {
  readonly isArray: boolean;
  at: string | number;
  expectsKey: boolean;
}

/**
 * Parses JSON and remembers the lines of its values, for messages to whoever wrote it.
 * @throws SyntaxError as `JSON.parse` does.
 */
export function parseWithLines(text: string): JsonLines {
  const value: unknown = JSON.parse(text);
  const lines = readLines(text);
  return {
    value,
    lineOf(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const line = lines.get(keyOf(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return lines.get('') ?? 1;
    },
  };
}

/**
 * A JSON file whose values remember their lines.
 * @throws StartupError that says why it cannot be read, or where it is no JSON.
 */
export function readJsonFile(file: string): JsonLines {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const mistake = {
      where: file,
      problem: `it cannot be read: ${describe(error)}`,
      remedy: 'mend the path or the file',
    };
    throw new StartupError([mistake], { cause: error });
  }
  try {
    return parseWithLines(text);
  } catch (error) {
    const fault = findJsonFault(text);
    const at = fault === undefined ? '' : `:${fault.line}:${fault.column}`;
    const problem = fault === undefined ? 'it is no JSON' : `it is no JSON: expected ${fault.expected}`;
    throw new StartupError([{ where: `${relative('.', file)}${at}`, problem, remedy: 'mend the text' }], {
      cause: error,
    });
  }
}

/** The line of each value, by the key of its path. The text is known to be JSON. */
function readLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const open: Container[] = [];
  let line = 1;
  let seen = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    for (; seen < match.index; seen += 1) if (text.charCodeAt(seen) === 10) line += 1;
    const around = open.at(-1);
    if (token === '}' || token === ']') open.pop();
    else if (token === ',') next(around);
    else if (token === ':') continue;
    else if (around?.expectsKey === true) {
      around.at = JSON.parse(token) as string;
      around.expectsKey = false;
    } else {
      lines.set(keyOf(open.map(({ at }) => at)), line);
      if (token === '{') open.push({ isArray: false, at: '', expectsKey: true });
      if (token === '[') open.push({ isArray: true, at: 0, expectsKey: false });
    }
  }
  return lines;
}

function next(container: Container | undefined): void {
  if (container === undefined) return;
  if (container.isArray) container.at = Number(container.at) + 1;
  else container.expectsKey = true;
}

function keyOf(path: readonly (string | number)[]): string {
  return path.length === 0 ? '' : JSON.stringify(path.map(String));
}
