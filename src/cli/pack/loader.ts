/** The files of a packed application with a code cache, beside `main.js`. */
export const APPLICATION_FILE = 'application.js';
export const CACHE_FILE = 'application.cache';

/** The command, as the environment names it, under which a bundle gives its warm-up instead of starting. */
export const WARM_UP = 'warm-up';

/** What turns a bundle into the function that the loader calls, as node's own loader would have wrapped it. */
export const WRAPPER = { start: '(function (exports, require, module, __filename, __dirname) {', end: '})' };

/** Stands for `import` in a wrapped bundle. As long as that, so that a source map holds. */
const IMPORT = '$mport';

/**
 * In Node 20 code that V8 takes from a cache has no `import()`: V8 forgets by which symbol node knows the script, and
 * every call throws ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING. So all calls that the bundler has left, of builtins and of
 * names that are computed, go to the loader's own. A global, so that it is found from `new Function` as well.
 */
export function redirectImports(code: string): string {
  return code.replaceAll(/(?<![.\w$])import\((?!\))/g, () => `${IMPORT}(`);
}

/**
 * The `main.js` of a packed application with a code cache. A cache of another V8 is refused by V8, without harm; one made
 * on another kind of processor is not even read, as V8 does not look at that.
 *
 * @param encoding of the application: `latin1` if it is ASCII, which node reads in a quarter of the time.
 */
export function loaderText(encoding: 'latin1' | 'utf8'): string {
  return `// Written by \`yunction pack\`. V8 takes compiled code from ${CACHE_FILE} if its version is the same, else it compiles.
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const filename = __dirname + '/${APPLICATION_FILE}';
let cachedData;
try {
  if (process.arch === '${process.arch}') cachedData = readFileSync(__dirname + '/${CACHE_FILE}');
} catch {
  // It runs without, only starts more slowly.
}
globalThis.${IMPORT} = (specifier, options) => import(specifier, options);
const script = new Script(readFileSync(filename, '${encoding}'), { filename, cachedData });
script.runInThisContext()(exports, require, module, filename, __dirname);
`;
}
