import { exitWithError } from '../exit-with-error.js';
import { loadEnvFiles } from '../load-env-files.js';
import { loadApplication } from './load-application.js';

/** `yunction start [module] [--option value …]`: loads the application and lets it run. Failures end the process. */
export async function runStart(argv: readonly string[]): Promise<void> {
  try {
    loadEnvFiles(argv, process.env);
    // What follows an option may be its value, so only the first argument can name the module.
    const [first] = argv;
    await loadApplication(first === undefined || first.startsWith('-') ? undefined : first);
  } catch (error) {
    exitWithError(error);
  }
}
