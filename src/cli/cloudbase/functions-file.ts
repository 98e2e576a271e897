import { existsSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

import { StartupError, type StartupMistake } from '../../errors/startup-error.js';
import type { DeployedFunction, DeployFile } from './deploy-file.js';
import { isHttp } from './function-mistakes.js';

const NAME = 'cloudbase-functions.json';

/**
 * Writes `cloudbase-functions.json` for functions that have been deployed one by one, from `cloudbaserc.json`: one HTTP
 * function then serves them all, each at its path or `/name`.
 *
 * @returns the names of the functions
 * @throws StartupError where there is such a file already, or the functions are not below one folder.
 */
export function writeFunctionsFile(file: DeployFile): readonly string[] {
  if (existsSync(NAME))
    throw mistakes([{ where: NAME, problem: 'it is there already', remedy: 'edit it, or move it' }]);
  const plain = file.functions.filter(({ fields }) => !isHttp(fields['type']));
  if (plain.length === 0) {
    const remedy = 'name the functions there, with their folders';
    throw mistakes([{ where: 'cloudbaserc.json', problem: 'it names no function that could be served', remedy }]);
  }
  const root = file.functionRoot;
  const wrong: StartupMistake[] = [];
  const functions = plain.map((each) => {
    const directory = relative(resolve(root), resolve(folderOf(each, root)));
    if (directory.split(sep)[0] === '..') {
      const remedy = 'move it there, or write cloudbase-functions.json by hand';
      wrong.push({ where: each.placeOf(['dir']), problem: `${each.name} is not below ${root}`, remedy });
    }
    return {
      name: each.name,
      directory: directory.split(sep).join('/') || '.',
      ...entryOf(each),
      triggerPath: pathOf(each),
    };
  });
  if (wrong.length > 0) throw mistakes(wrong);
  const $schema = './node_modules/yunction/docs/cloudbase-functions.schema.json';
  writeFileSync(NAME, `${JSON.stringify({ $schema, functionsRoot: root, functions, routes: [] }, null, 2)}\n`);
  return functions.map(({ name }) => name);
}

function folderOf({ name, fields }: DeployedFunction, root: string): string {
  return typeof fields['dir'] === 'string' ? fields['dir'] : join(root, name);
}

/** `index.main`, the default of both, needs no words; `src/app.api.main` is the module `src/app` and its `api.main`. */
function entryOf({ fields }: DeployedFunction): { source?: string; target?: string } {
  const { handler } = fields;
  if (typeof handler !== 'string' || handler === 'index.main') return {};
  const [, source = '', target = ''] = /^(.*?[^./][^./]*)\.([\w$.]+)$/.exec(handler) ?? [];
  if (source === '') return {};
  return { source, target };
}

function pathOf({ name, fields }: DeployedFunction): string {
  const { path } = fields;
  return typeof path === 'string' && path.startsWith('/') ? path : `/${name}`;
}

function mistakes(all: readonly StartupMistake[]): StartupError {
  return new StartupError(all);
}
