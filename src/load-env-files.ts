import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { describe } from './errors/problem.js';
import { StartupError } from './errors/startup-error.js';

/**
 * Puts the variables of `.env` files into the environment, over what is there: those of `--dotEnvFilePath`, else of
 * `DOTENV_FILE_PATH`, separated by commas. It comes before any option is read, so that the files can set options.
 *
 * @throws StartupError for a file that cannot be read.
 */
export function loadEnvFiles(argv: readonly string[], env: NodeJS.ProcessEnv): void {
  for (const file of (fromCommandLine(argv) ?? env['DOTENV_FILE_PATH'] ?? '').split(',')) {
    if (file.trim() === '') continue;
    let text: string;
    try {
      text = readFileSync(file.trim(), 'utf8');
    } catch (error) {
      const problem = `it cannot be read: ${describe(error)}`;
      throw new StartupError([{ where: file.trim(), problem, remedy: 'mend --dotEnvFilePath, or leave it out' }], {
        cause: error,
      });
    }
    Object.assign(env, parseEnv(text));
  }
}

function fromCommandLine(argv: readonly string[]): string | undefined {
  for (const [index, argument] of argv.entries()) {
    const match = /^--dot-?env-?file-?path(?:=(.*))?$/i.exec(argument);
    if (match !== null) return match[1] ?? argv[index + 1];
  }
  return undefined;
}
