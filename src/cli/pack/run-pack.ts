import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { StartupError } from '../../errors/startup-error.js';
import { exitWithError } from '../../exit-with-error.js';
import { applicationModule } from '../application-module.js';
import { BOOTSTRAP } from './bootstrap.js';
import { bundle } from './bundle.js';
import { APPLICATION_FILE, loaderText } from './loader.js';
import { zipFolder } from './zip-folder.js';

const run = promisify(execFile);
const WRITE_CACHE = fileURLToPath(new URL('write-cache.js', import.meta.url));

/**
 * `yunction pack [module] [--out folder] [--include path]… [--sourcemap] [--no-cache] [--no-zip]`: the application as one
 * file that starts cold in a blink, beside its `scf_bootstrap`, and both in a zip that can be uploaded.
 */
export async function runPack(argv: readonly string[]): Promise<void> {
  try {
    await pack(argv);
  } catch (error) {
    exitWithError(error);
  }
}

async function pack(argv: readonly string[]): Promise<void> {
  const { values, entry } = readArguments(argv);
  const folder = resolve(values.out);
  refuseToReplace(folder);
  for (const path of values.include) refuseMissing(path);
  await rm(folder, { recursive: true, force: true });
  const built = join(folder, 'built');
  await mkdir(built, { recursive: true });
  const wrapped = !values['no-cache'];
  const outfile = join(built, wrapped ? APPLICATION_FILE : 'main.js');
  const { bytes, isAscii, hasRules, warnings } = await bundle({
    entry,
    outfile,
    wrapped,
    sourcemap: values.sourcemap,
  }).catch(async (error: unknown) => {
    // The next run would take half a result for somebody else's.
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  for (const warning of warnings) warn(warning);
  // Without it the nearest package.json above decides whether main.js is CommonJS, and it may say ESM.
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "commonjs" }\n');
  await writeFile(join(folder, 'scf_bootstrap'), BOOTSTRAP, { mode: 0o755 });
  if (wrapped) {
    await writeFile(join(built, 'main.js'), loaderText(isAscii ? 'latin1' : 'utf8'));
    await writeCache(built, hasRules);
  }
  for (const path of values.include) {
    await cp(path, join(folder, basename(resolve(path))), { recursive: true });
  }
  process.stdout.write(`packed ${values.out}/built/main.js (${kilobytes(bytes)} of code)\n`);
  if (values['no-zip']) return;
  const archive = `${folder}.zip`;
  await rm(archive, { force: true });
  await zipFolder(folder, archive);
  const { size } = await stat(archive);
  process.stdout.write(`zipped ${values.out}.zip (${kilobytes(size)}): upload it as it is\n`);
}

function readArguments(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        out: { type: 'string', default: 'packed' },
        include: { type: 'string', multiple: true, default: [] },
        sourcemap: { type: 'boolean', default: false },
        'no-cache': { type: 'boolean', default: false },
        'no-zip': { type: 'boolean', default: false },
      },
    });
    return { values, entry: applicationModule(positionals[0], 'pack') };
  } catch (error) {
    // parseArgs says which option it does not know.
    if (!(error instanceof TypeError)) throw error;
    throw mistake('yunction pack', error.message, '`yunction help` lists its options');
  }
}

/** The folder is replaced as a whole: it must be one that an earlier `pack` made, or none, and not one that we stand in. */
function refuseToReplace(folder: string): void {
  const isOurs = existsSync(join(folder, 'scf_bootstrap')) && existsSync(join(folder, 'built/main.js'));
  const isProject = ['.git', 'node_modules', 'src'].some((name) => existsSync(join(folder, name)));
  const isAbove = `${process.cwd()}${sep}`.startsWith(`${folder}${sep}`);
  if (!isAbove && !isProject && (isOurs || !existsSync(folder))) return;
  throw mistake(folder, 'the folder holds something else', 'name a folder for the result alone: `--out packed`');
}

function refuseMissing(path: string): void {
  if (existsSync(path)) return;
  throw mistake(`--include ${path}`, 'there is no such file or folder', 'correct the path');
}

/** In a process of its own, as what is compiled must be the bundle's code. Without a cache the application runs as well. */
async function writeCache(built: string, hasRules: boolean): Promise<void> {
  try {
    // Almost no environment: flags in NODE_OPTIONS would spoil the cache, and the samples want none of the user's
    // options. Windows opens no socket without its SystemRoot.
    const { SystemRoot } = process.env;
    const env = SystemRoot === undefined ? {} : { SystemRoot };
    await run(process.execPath, [WRITE_CACHE, built, ...(hasRules ? ['events'] : [])], { env, timeout: 60_000 });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    warn(`no code cache, the application will start more slowly: ${stderr.trim() || String(error)}`);
  }
}

function mistake(where: string, problem: string, remedy: string): StartupError {
  return new StartupError([{ where, problem, remedy }]);
}

function warn(text: string): void {
  process.stderr.write(`yunction: ${text}\n`);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KB`;
}
