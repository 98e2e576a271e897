import 'reflect-metadata';
import { pathToFileURL } from 'node:url';

import { readOption } from '../resolve-options.js';
import { start } from '../start.js';
import { wasStarted } from '../start-command.js';
import { applicationModule } from './application-module.js';
import { findFunctionProject } from './find-function-project.js';
import { startControllers } from './start-controllers.js';

/**
 * Loads what the working directory holds and starts it:
 * - the functions of its `cloudbase-functions.json`, where no module is named;
 * - else the application's module. One that calls `start()` has done everything; else the controllers that it exports are
 *   started, or the plain function.
 *
 * @param named a path from the command line; see `applicationModule` for the default.
 * @throws StartupError when there is no such module, or nothing in it to start.
 */
export async function loadApplication(named: string | undefined): Promise<void> {
  const sources = { argv: process.argv.slice(2), env: process.env };
  const project = await findFunctionProject(named, sources);
  if (project !== undefined) {
    start({ controllers: [], functions: project });
    return;
  }
  const path = applicationModule(named ?? (readOption('source', sources) || undefined), 'start');
  const module: unknown = await import(pathToFileURL(path).href);
  if (!wasStarted()) await startModule(module, path, readOption('target', sources));
}

async function startModule(module: unknown, path: string, target: string): Promise<void> {
  const { hasFunction } = await import('../functions/function-exports.js');
  if (!hasFunction(module, target)) {
    startControllers(module, path);
    return;
  }
  const { functionProject } = await import('../functions/project.js');
  // One module is the whole project, and loaded already.
  start({ controllers: [], functions: functionProject(), functionsConfigFile: '', source: path, eager: true });
}
