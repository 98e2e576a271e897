import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Plugin } from 'esbuild';

const [PLACE_OF, PLACE] = ['__yunctionPlaceOf', '__yunctionPlace'];
const REQUIRED =
  /(?:process\.getBuiltinModule\(['"]node:module['"]\)\.)?\bcreateRequire\(import\.meta\.url\)\((?=['"])/g;

/** Goes in front of a bundle: the place of a module, made from its path seen from the entry, when it is asked for. */
export const PLACE_FUNCTION =
  `var ${PLACE_OF}=function(p){var n=require;return{get url(){return new URL(p,n("node:url").pathToFileURL(__filename)).href},` +
  'get filename(){return n("node:url").fileURLToPath(this.url)},get dirname(){return n("node:path").dirname(this.filename)}}};';

/** What esbuild's `define` must replace: `import.meta` is none in CommonJS. */
export const PLACES = {
  'import.meta.url': `${PLACE}.url`,
  'import.meta.filename': `${PLACE}.filename`,
  'import.meta.dirname': `${PLACE}.dirname`,
};

/**
 * Each module that asks for `import.meta.url` gets the place that it would have had, beside the bundle as it was beside
 * the entry: `new URL('../page/index.html', import.meta.url)` finds what `--include` has copied. And what a module
 * requires by a name in quotes is bundled like any import.
 *
 * @param root the folder of the entry
 */
export function modulePlaces(root: string): Plugin {
  return {
    name: 'places of modules',
    setup(build) {
      build.onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        if (!source.includes('import.meta.')) return undefined;
        const place = JSON.stringify(relative(root, path).split(sep).join('/'));
        // On the first line, so that all lines keep their numbers.
        const declared = `var ${PLACE}=${PLACE_OF}(${place});`;
        return { contents: withPlaces(source.replaceAll(REQUIRED, 'require('), declared), loader: 'js' };
      });
    },
  };
}

/** A `#!` must stay the first line. */
function withPlaces(source: string, declared: string): string {
  return source.startsWith('#!') ? source.replace('\n', `\n${declared}`) : declared + source;
}
