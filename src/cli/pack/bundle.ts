import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildFailure, Metafile, Plugin } from 'esbuild';

import { StartupError, type StartupMistake } from '../../errors/startup-error.js';
import { redirectImports, WRAPPER } from './loader.js';
import { modulePlaces, PLACE_FUNCTION, PLACES } from './module-places.js';

export interface BundleOptions {
  /** The compiled module of the application: an absolute path. */
  readonly entry: string;
  readonly outfile: string;
  /** The file becomes a function that the loader calls, instead of a module. */
  readonly wrapped: boolean;
  /** A source map beside it. */
  readonly sourcemap: boolean;
}

/** What a bundle came to. */
export interface BundleReport {
  /** Bytes of the bundled file. */
  readonly bytes: number;
  /** Whether they are all ASCII: esbuild escapes all other characters but those in regular expressions. */
  readonly isAscii: boolean;
  /** Whether the application has rules for its events: class-validator is imported by other code than Yunction's. */
  readonly hasRules: boolean;
  /** What esbuild had to say. */
  readonly warnings: readonly string[];
}

/** Yunction's own compiled code, of which this file is a part. */
const OWN_CODE = fileURLToPath(new URL('../../', import.meta.url));
const PACKED_START = fileURLToPath(new URL('packed-start.js', import.meta.url));

/** Packages that `ws` uses if they are there; they are native, and it does without. */
const EXTERNAL = ['bufferutil', 'utf-8-validate'];

/**
 * Bundles a compiled application, and all that it imports, into one CommonJS file.
 *
 * It starts from what tsc emitted: esbuild itself emits no decorator metadata (evanw/esbuild#257). CommonJS, as node
 * loads it in half the time of ESM; names are kept, as classes are known by them in messages and documents.
 *
 * @throws StartupError where esbuild is not installed, the application uses another copy of Yunction, or the code cannot
 * be bundled.
 */
export async function bundle({ entry, outfile, wrapped, sourcemap }: BundleOptions): Promise<BundleReport> {
  refuseOtherCopy(entry);
  const { build } = await loadEsbuild();
  const start = wrapped ? WRAPPER.start : '';
  try {
    const { metafile, warnings } = await build({
      stdin: { contents: entryText(entry), resolveDir: dirname(entry), sourcefile: 'packed application' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      minify: true,
      keepNames: true,
      // ESM builds of packages where they have them: only those can be shaken.
      mainFields: ['module', 'main'],
      external: EXTERNAL,
      legalComments: 'none',
      logLevel: 'silent',
      metafile: true,
      sourcemap,
      sourcesContent: false,
      define: PLACES,
      banner: { js: start + PLACE_FUNCTION },
      footer: { js: wrapped ? WRAPPER.end : '' },
      plugins: [oneClassTransformer(), modulePlaces(dirname(entry))],
    });
    const code = await readFile(outfile, 'utf8');
    if (wrapped) await writeFile(outfile, redirectImports(code));
    const texts = warnings.map(({ text, location }) => (location === null ? text : `${location.file}: ${text}`));
    const isAscii = Buffer.byteLength(code) === code.length;
    return { bytes: Buffer.byteLength(code), isAscii, hasRules: importsRules(metafile), warnings: texts };
  } catch (error) {
    throw new StartupError(bundleMistakes(error, entry), { cause: error });
  }
}

function entryText(entry: string): string {
  const name = JSON.stringify(basename(entry));
  return `module.exports = require(${JSON.stringify(PACKED_START)}).packedStart(${name}, () => require(${JSON.stringify(entry)}));`;
}

async function loadEsbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (error) {
    throw new StartupError(
      [{ where: 'yunction pack', problem: 'esbuild is not installed', remedy: 'npm install --save-dev esbuild yazl' }],
      { cause: error },
    );
  }
}

/** Of two copies in one bundle, the one that starts would know nothing of the controllers of the other. */
function refuseOtherCopy(entry: string): void {
  const manifest = resolved('yunction/package.json', entry);
  if (manifest === undefined) return;
  const used = dirname(manifest);
  if (OWN_CODE.startsWith(used + sep)) return;
  throw new StartupError([
    {
      where: entry,
      problem: `it uses the Yunction of ${relative('', used)}, and this is another copy`,
      remedy: 'run the project’s own: `npx yunction pack`',
    },
  ]);
}

/**
 * class-transformer keeps its metadata in a module, not in a global: its ESM and its CommonJS build, both of which an
 * application can reach, would each have their own, and `@Type` would silently do nothing.
 */
function oneClassTransformer(): Plugin {
  return {
    name: 'one class-transformer',
    setup(build) {
      build.onResolve({ filter: /^class-transformer$/ }, ({ resolveDir }) => {
        const path = resolved('class-transformer', resolve(resolveDir, 'any.js'));
        return path === undefined ? undefined : { path };
      });
    },
  };
}

/** Where node finds a module, its CommonJS form; `undefined`: esbuild will say what is missing, and who asks for it. */
function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

function importsRules({ inputs }: Metafile): boolean {
  return Object.entries(inputs).some(([path, { imports }]) => {
    if (resolve(path).startsWith(OWN_CODE) || path.includes('node_modules/class-validator/')) return false;
    return imports.some(({ path: imported }) => imported.includes('node_modules/class-validator/'));
  });
}

function bundleMistakes(error: unknown, entry: string): StartupMistake[] {
  // What is no BuildFailure has no list.
  const errors = (error as Partial<BuildFailure>).errors ?? [];
  if (errors.length === 0) {
    const problem = error instanceof Error ? error.message : String(error);
    return [{ where: entry, problem: `it cannot be bundled: ${problem}`, remedy: 'compile the application first' }];
  }
  return errors.map(({ text, location }) => ({
    where: entry,
    file: location === null ? undefined : `${location.file}:${location.line}`,
    problem: text,
    remedy: remedyFor(text),
  }));
}

function remedyFor(text: string): string {
  if (/top-level await/i.test(text)) return 'call start() without await, and move what is awaited into an onStart hook';
  return text.startsWith('Could not resolve') ? 'install what is missing, or correct the import' : 'correct the file';
}
