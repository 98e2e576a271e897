// What `npm pack` publishes in place of some 150 modules: one file for each way into the package and a few that they
// share. Node then opens a handful of files at a cold start, and takes CommonJS packages and its own modules by
// `require`, which costs a third of what an ESM import of them does. Types, names and behaviour stay as tsc made them.
// Runs as `prepack` over built/, which `postpack` builds anew; stage-package.mjs runs it over a copy.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(process.argv[2] ?? '.');
const built = join(root, 'built');
const { exports: ways, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What is run by its path, beside what package.json names. */
const PROGRAMS = ['main.js', 'cli/pack/run-pack.js', 'cli/pack/packed-start.js', 'cli/pack/write-cache.js'];
/** Packages in CommonJS that every application loads. */
const COMMONJS = ['cookie', 'fast-querystring', 'find-my-way', 'reflect-metadata', 'secure-json-parse', 'tsyringe'];

const entries = [
  ...Object.values(ways).flatMap((way) => (way.default?.endsWith('.js') ? [way.default] : [])),
  ...Object.values(bin),
  ...PROGRAMS.map((path) => join('built', path)),
].map((path) => resolve(root, path));
const modules = readdirSync(built, { recursive: true })
  .filter((path) => path.endsWith('.js'))
  .map((path) => join(built, path));
const imported = importedNames(modules);

const { metafile } = await build({
  entryPoints: [...new Set(entries)],
  outdir: built,
  outbase: built,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'shared/[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.16',
  packages: 'external',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [required()],
});

const written = new Set(Object.keys(metafile.outputs).map((path) => resolve(path)));
for (const path of written) keepClassNames(path);

// What is bundled now is not published a second time; its types are.
for (const path of modules) if (!written.has(path)) rmSync(path);
for (const path of readdirSync(built, { recursive: true })) {
  if (path.endsWith('.js.map') || path.endsWith('.d.ts.map')) rmSync(join(built, path));
}
console.log(`${modules.length} modules → ${written.size} files`);

/** Replaces the static imports of node's modules and of CommonJS packages by modules that require them. */
function required() {
  return {
    name: 'required',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
        if (kind !== 'import-statement') return undefined;
        return path.startsWith('node:') || COMMONJS.includes(path) ? { path, namespace: 'required' } : undefined;
      });
      onLoad({ filter: /./, namespace: 'required' }, ({ path }) => {
        const get = path.startsWith('node:')
          ? `process.getBuiltinModule('${path}')`
          : // Written as yunction pack knows it: it bundles what is required so.
            `process.getBuiltinModule('node:module').createRequire(import.meta.url)('${path}')`;
        const names = [...(imported.get(path) ?? [])];
        const named = names.filter((name) => name !== 'default' && name !== '*');
        if (names.includes('*')) throw new Error(`import * of ${path}: name what is used`);
        // Only what is used: some of node's modules load others when a name of theirs is read.
        const lines = [names.length === 0 ? `${get};` : `const all = ${get};`];
        if (named.length > 0) lines.push(`export const { ${named.join(', ')} } = all;`);
        if (names.includes('default')) lines.push('export default all;');
        return { contents: lines.join('\n'), resolveDir: root };
      });
    },
  };
}

/**
 * A class that refers to itself becomes `var X = class _X`, and messages would call it so. (esbuild's `keepNames` would
 * name every closure anew whenever it is made, on the way of each request too.)
 */
function keepClassNames(path) {
  const code = readFileSync(path, 'utf8');
  const renamed = [...code.matchAll(/\bvar (\w+) = class _\1\b/g)].map(([, name]) => name);
  writeFileSync(path, renamed.reduce((text, name) => text.replace(new RegExp(`\\b_${name}\\b`, 'g'), name), code));
}

/** The names that modules import from each package, as tsc writes its imports: one to a line. */
function importedNames(paths) {
  const found = new Map();
  for (const path of paths) {
    const source = readFileSync(path, 'utf8');
    for (const [, clause, from] of source.matchAll(/^(?:im|ex)port (?:(.+) from )?'([^'.][^']*)';$/gm)) {
      const names = found.get(from) ?? found.set(from, new Set()).get(from);
      const braces = /\{(.*)\}/.exec(clause ?? '')?.[1] ?? '';
      for (const each of braces.split(',')) {
        const [name] = each.trim().split(' as ');
        if (name !== '') names.add(name);
      }
      const rest = (clause ?? '').replace(/\{.*\}/, '').replace(',', '').trim();
      if (rest.startsWith('*')) names.add('*');
      else if (rest !== '') names.add('default');
    }
  }
  return found;
}
