import { StartupError } from '../errors/startup-error.js';
import { controllersIn } from '../routing/exported-controllers.js';
import { start } from '../start.js';

/**
 * Starts the controllers that a module exports, by name or within its default export.
 *
 * @param where what the module is called in messages
 * @throws StartupError when there is none.
 */
export function startControllers(module: unknown, where: string): void {
  const controllers = controllersIn(module);
  if (controllers.length === 0) {
    throw new StartupError([
      {
        where,
        problem: 'the module neither calls start() nor exports a controller',
        remedy: 'add `start({ controllers: […] })` to it, or export classes with @Http, @Sse or @WebSocket methods',
      },
    ]);
  }
  start({ controllers });
}
