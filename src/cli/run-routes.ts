import { COMMAND_VARIABLE } from '../start-command.js';
import { runStart } from './run-start.js';

/** `yunction routes [module]`: prints the route table and ends; nothing listens. */
export async function runRoutes(argv: readonly string[]): Promise<void> {
  process.env[COMMAND_VARIABLE] = 'routes';
  await runStart(argv);
}
