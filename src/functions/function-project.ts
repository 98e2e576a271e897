import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

import { describe } from '../errors/problem.js';
import { StartupError, type StartupMistake } from '../errors/startup-error.js';
import type { FunctionSettings } from '../server/function-table.js';
import type { FoundFunction } from './function-unit.js';
import { type FunctionDefinition, type FunctionsConfig, readFunctionsConfig } from './functions-config.js';
import { resolveModule } from './resolve-module.js';

/** The functions that share a router: those of one file, or one alone. By the name that `@fn` chooses them; '': no choice. */
export type FoundProjects = ReadonlyMap<string, readonly FoundFunction[]>;

/** The folder that functionsRoot may hold beside functions (`logDirname` of the platform's framework). */
const NO_FUNCTION: ReadonlySet<string> = new Set(['logs', 'node_modules']);

/**
 * Finds the functions of a project and loads none: those of `cloudbase-functions.json`, the single one of a folder, or
 * every folder of `functionsRoot` where `loadAllFunctions` says so.
 *
 * @param folder the project's; `source` counts from there.
 * @throws StartupError for a mistake in the file, and for folders and modules that are not there.
 */
export function findFunctions(settings: FunctionSettings, folder = '.'): FoundProjects {
  const { loadAllFunctions, functionsRoot, source } = settings;
  const mistakes: StartupMistake[] = [];
  const projects = new Map<string, readonly FoundFunction[]>();
  if (loadAllFunctions && functionsRoot !== '') {
    const root = resolve(folder, functionsRoot);
    for (const name of foldersOf(root)) projects.set(name, findOne(settings, resolve(root, name), name, mistakes));
  } else {
    projects.set('', findOne(settings, resolve(folder, source), '', mistakes));
  }
  if (mistakes.length > 0) throw new StartupError(mistakes);
  return projects;
}

/** Where the file would be that names the functions of a source: a module has none beside it. */
export function configFileOf(
  settings: Pick<FunctionSettings, 'functionsConfigFile'>,
  source: string,
): string | undefined {
  const { functionsConfigFile } = settings;
  if (functionsConfigFile === '') return undefined;
  const file = resolve(source, functionsConfigFile);
  return existsSync(file) ? file : undefined;
}

function findOne(
  settings: FunctionSettings,
  source: string,
  name: string,
  mistakes: StartupMistake[],
): readonly FoundFunction[] {
  const config = configFileOf(settings, source);
  if (config !== undefined) return findSeveral(readFunctionsConfig(config), dirname(config), settings, mistakes);
  const file = resolveModule(source);
  if (file === undefined) {
    const where = relative('.', source) || '.';
    const problem = 'there is no function: neither cloudbase-functions.json nor a module is there';
    mistakes.push({ where, problem, remedy: 'compile the function first, or name its module by `--source`' });
    return [];
  }
  const { target } = settings;
  const label = name === '' ? target : `${name}.${target}`;
  return [{ name: name || target, label, paths: ['/'], file, shownFile: relative('.', file), target }];
}

function findSeveral(
  config: FunctionsConfig,
  folder: string,
  settings: FunctionSettings,
  mistakes: StartupMistake[],
): FoundFunction[] {
  const root = resolve(folder, config.functionsRoot);
  return config.functions.flatMap((definition) => {
    const file = moduleOf(definition, root, config, mistakes);
    if (file === undefined) return [];
    const { name } = definition;
    const target = definition.target || settings.target;
    const paths = config.routes.filter(({ functionName }) => functionName === name).map(({ path }) => path);
    return [{ name, label: `${name}.${target}`, paths, file, shownFile: relative('.', file), target }];
  });
}

function moduleOf(
  definition: FunctionDefinition,
  root: string,
  config: FunctionsConfig,
  mistakes: StartupMistake[],
): string | undefined {
  const { name, directory, source } = definition;
  const where = config.placeOf(definition);
  const folder = resolve(root, directory);
  if (!isFolder(folder)) {
    const problem = `function ${name}: there is no folder ${relative('.', folder) || '.'}`;
    mistakes.push({ where, problem, remedy: 'mend "directory" (it counts from "functionsRoot")' });
    return undefined;
  }
  const file = resolveModule(resolve(folder, source));
  if (file !== undefined) return file;
  const looked = source === '' ? `no module in ${relative('.', folder) || '.'}` : `no module ${source}`;
  const remedy = 'compile the function, name its module by "source", or by "main" of its package.json';
  mistakes.push({ where, problem: `function ${name}: there is ${looked}`, remedy });
  return undefined;
}

function foldersOf(root: string): string[] {
  try {
    return readdirSync(root).filter((name) => !NO_FUNCTION.has(name) && isFolder(resolve(root, name)));
  } catch (error) {
    const problem = `functionsRoot ${relative('.', root) || '.'} cannot be read: ${describe(error)}`;
    throw new StartupError([{ where: 'option functionsRoot', problem, remedy: 'name a folder of functions' }], {
      cause: error,
    });
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
