import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** Files that stand for a folder where neither `main` of package.json nor index.js does. */
const OTHER_INDEXES = ['index.mjs', 'index.cjs'];

/**
 * The module that a file or a folder stands for, as `require` finds it: `main` of package.json, index.js; also index.mjs
 * and index.cjs, which `require` leaves out. `undefined`: there is none.
 */
export function resolveModule(path: string): string | undefined {
  const absolute = resolve(path);
  const { resolve: find } = createRequire(join(absolute, 'here.js'));
  for (const candidate of [absolute, ...OTHER_INDEXES.map((name) => join(absolute, name))]) {
    try {
      return find(candidate);
    } catch {
      // not this one
    }
  }
  return undefined;
}
