import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe } from '../errors/problem.js';
import { StartupError } from '../errors/startup-error.js';
import { resolveModule } from '../functions/resolve-module.js';

/**
 * The absolute path of an application's compiled module.
 *
 * @param named a path from the command line. Default: `FUNCTION_SOURCE`, then `main` of package.json, then
 * built/main.js, then index.js (or .mjs, .cjs).
 * @param command what the remedy suggests: `start`.
 * @throws StartupError when there is no such module.
 */
export function applicationModule(named: string | undefined, command: string): string {
  const path = resolve(named ?? process.env['FUNCTION_SOURCE'] ?? mainOfPackage() ?? defaultModule());
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  // A folder, or a name without its ending, as `require` takes them.
  const found = resolveModule(path);
  if (found !== undefined) return found;
  throw new StartupError([
    {
      where: path,
      problem: 'there is no such file',
      remedy: `compile the application first, and name its compiled module: \`yunction ${command} built/main.js\``,
    },
  ]);
}

function defaultModule(): string {
  const first = ['built/main.js', 'index.js', 'index.mjs', 'index.cjs'].find((name) => existsSync(name));
  return first ?? 'built/main.js';
}

function mainOfPackage(): string | undefined {
  if (!existsSync('package.json')) return undefined;
  try {
    const { main } = JSON.parse(readFileSync('package.json', 'utf8')) as { main?: unknown };
    return typeof main === 'string' ? main : undefined;
  } catch (error) {
    const problem = `it cannot be read: ${describe(error)}`;
    throw new StartupError([{ where: 'package.json', problem, remedy: 'mend it, or name the module' }], {
      cause: error,
    });
  }
}
