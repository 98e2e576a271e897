import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { type OptionSources, readOption } from '../resolve-options.js';
import type { FunctionSource } from '../server/function-table.js';

/**
 * The project of functions of the working directory, or of the folder that is named; `undefined` where it has no
 * `cloudbase-functions.json`, and no folder of which all are functions.
 */
export async function findFunctionProject(folder = '.', sources: OptionSources): Promise<FunctionSource | undefined> {
  const configFile = readOption('functionsConfigFile', sources);
  const allFolders = readOption('loadAllFunctions', sources) && readOption('functionsRoot', sources) !== '';
  const named = configFile !== '' && existsSync(resolve(folder, readOption('source', sources), configFile));
  if (!allFolders && !named) return undefined;
  // Lazily: an application of controllers alone does not load it.
  const { functionProject } = await import('../functions/project.js');
  return functionProject(folder);
}
