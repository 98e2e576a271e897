import 'reflect-metadata';
import { pathToFileURL } from 'node:url';

import { wasStarted } from '../start-command.js';
import { applicationModule } from './application-module.js';
import { startControllers } from './start-controllers.js';

/**
 * Loads the module of an application. One that calls `start()` has done everything; else the controllers that it exports
 * are started.
 *
 * @param named a path from the command line; see `applicationModule` for the default.
 * @throws StartupError when there is no such module, or nothing in it to start.
 */
export async function loadApplication(named: string | undefined): Promise<void> {
  const path = applicationModule(named, 'start');
  const module: unknown = await import(pathToFileURL(path).href);
  if (!wasStarted()) startControllers(module, path);
}
