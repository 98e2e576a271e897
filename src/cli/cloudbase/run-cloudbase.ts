import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import { StartupError } from '../../errors/startup-error.js';
import { exitWithError } from '../../exit-with-error.js';
import { loadEnvFiles } from '../../load-env-files.js';
import { type StartedApplication, takeApplication } from '../../start-command.js';
import { loadApplication } from '../load-application.js';
import { readBootstrap } from './bootstrap.js';
import { type DeployedFunction, DeployFile } from './deploy-file.js';
import { factsOf, fieldsFor, runtimeFor } from './function-fields.js';
import { functionMistakes } from './function-mistakes.js';
import { writeFunctionsFile } from './functions-file.js';

/**
 * `yunction cloudbase [module] [--name function] [--dir folder] [--check] [--functions]`: brings `cloudbaserc.json` into
 * line with the application, by which CloudBase's command line tool deploys it. It adds what is missing, changes nothing
 * that is there, and says where the two contradict each other.
 */
export async function runCloudbase(argv: readonly string[]): Promise<void> {
  try {
    const { values, module } = readArguments(argv);
    const file = new DeployFile();
    if (values.functions) {
      const names = writeFunctionsFile(file);
      process.stdout.write(`wrote cloudbase-functions.json: ${names.join(', ')}\n`);
      return;
    }
    const found = file.find(values.name, packageName());
    const name = found?.name ?? values.name ?? packageName();
    loadEnvFiles([], process.env);
    applyVariables(found);
    takeApplication(async (application) => {
      await application.loadFunctions();
      return compare({ application, file, name, found, dir: values.dir, check: values.check });
    });
    await loadApplication(module);
  } catch (error) {
    exitWithError(error);
  }
}

interface Comparison {
  readonly application: StartedApplication;
  readonly file: DeployFile;
  readonly name: string;
  readonly found: DeployedFunction | undefined;
  readonly dir: string | undefined;
  readonly check: boolean;
}

/** Gives the exit code. */
function compare({ application, file, name, found, dir, check }: Comparison): number {
  const facts = factsOf(application);
  const folder = dir ?? folderOf(found) ?? (existsSync('packed/scf_bootstrap') ? 'packed' : '.');
  const bootstrap = readBootstrap(folder);
  const shown = folder === '.' || folder.startsWith('./') ? folder : `./${folder}`;
  const added = file.add(name, fieldsFor(facts, shown, runtimeFor(bootstrap.nodes)));
  const entry = file.functions.find((each) => each.name === name);
  const wrong = functionMistakes(entry?.fields ?? {}, facts, bootstrap.nodes);
  const mistakes = [
    ...wrong.map(({ path, ...rest }) => ({
      where: `${entry?.placeOf(path) ?? ''}: ${path.join('.')} of ${name}`,
      ...rest,
    })),
    ...bootstrap.mistakes,
  ];
  for (const { where, problem, remedy } of mistakes)
    process.stderr.write(`yunction: ${where}: ${problem} → ${remedy}\n`);
  tell(name, added, check, found !== undefined);
  if (check) return mistakes.length + added.length === 0 ? 0 : 1;
  if (added.length > 0) file.write();
  return 0;
}

function tell(name: string, added: readonly string[], check: boolean, wasThere: boolean): void {
  const fields = added.join(', ');
  const done = check ? 'is without' : 'has now';
  const line = added.length === 0 ? `${name} has all that it needs` : `${name} ${done}: ${fields}`;
  process.stdout.write(`cloudbaserc.json: ${line}\n`);
  if (check) return;
  if (added.includes('protocolType')) {
    process.stdout.write(
      'WebSocket cannot be switched off again once it is deployed: try it on a function of its own\n',
    );
  }
  if (wasThere && added.includes('type')) {
    process.stdout.write(
      `one that was deployed without a type gets events and no requests: then delete ${name} first\n`,
    );
  }
  if (!wasThere) process.stdout.write(`deploy it: tcb fn deploy ${name} -e <environment>\n`);
}

function readArguments(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        dir: { type: 'string' },
        check: { type: 'boolean', default: false },
        functions: { type: 'boolean', default: false },
      },
    });
    return { values, module: positionals[0] };
  } catch (error) {
    // parseArgs says which option it does not know.
    if (!(error instanceof TypeError)) throw error;
    const remedy = '`yunction help` lists its options';
    throw new StartupError([{ where: 'yunction cloudbase', problem: error.message, remedy }], { cause: error });
  }
}

/** What the deployed process will have in its environment decides options here too. */
function applyVariables(found: DeployedFunction | undefined): void {
  const { envVariables } = found?.fields ?? {};
  if (typeof envVariables !== 'object' || envVariables === null) return;
  for (const [name, value] of Object.entries(envVariables)) {
    if (process.env[name] === undefined && !String(value).includes('{{')) process.env[name] = String(value);
  }
}

function folderOf(found: DeployedFunction | undefined): string | undefined {
  const dir = found?.fields['dir'];
  return typeof dir === 'string' ? dir : undefined;
}

/** The package's name as a function may be called: a letter, then letters, digits, `-` and `_`, at most 60. */
function packageName(): string {
  const named = existsSync('package.json') ? manifestName() : undefined;
  const plain = (named ?? basename(process.cwd())).replace(/^@[^/]*\//, '').replaceAll(/[^\w-]/g, '-');
  return plain.replace(/^[^A-Za-z]+/, '').slice(0, 60) || 'application';
}

function manifestName(): string | undefined {
  try {
    // Whatever it holds: a name that is no text counts as none.
    const { name } = JSON.parse(readFileSync(join('.', 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined; // the load of the application says what is wrong with it
  }
}
