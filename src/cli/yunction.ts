#!/usr/bin/env node
import { type GivenOptions, OPTIONS } from '../options.js';
import { runRoutes } from './run-routes.js';
import { runStart } from './run-start.js';

const COMMANDS = new Map<string, { run(argv: readonly string[]): Promise<void>; meaning: string }>([
  ['start', { run: runStart, meaning: 'run the application of a compiled module' }],
  ['routes', { run: runRoutes, meaning: 'print its route table' }],
  [
    'pack',
    {
      // Lazily: a start must not pay for it.
      run: async (argv) => (await import('./pack/run-pack.js')).runPack(argv),
      meaning: 'bundle it with its scf_bootstrap into a folder and a zip',
    },
  ],
  [
    'cloudbase',
    {
      run: async (argv) => (await import('./cloudbase/run-cloudbase.js')).runCloudbase(argv),
      meaning: 'bring cloudbaserc.json into line with it',
    },
  ],
]);

const PACK_OPTIONS = `Options of pack
  --out <folder>         where the result goes, replacing an earlier one; its zip beside it. Default "packed".
  --include <path>       a file or folder that the application reads at run time; may be repeated.
  --sourcemap            write a source map beside the code.
  --no-cache             no code cache: one plain built/main.js, which starts more slowly.
  --no-zip               the folder only.

Options of cloudbase
  --name <function>      which function of cloudbaserc.json. Default: the package's name, else the only one for requests.
  --dir <folder>         the folder that is deployed. Default: what stands there, else "packed", else ".".
  --check                write nothing; exit code 1 where something is missing or contradicts the application.
  --functions            write cloudbase-functions.json from the functions of cloudbaserc.json.
`;

const [, , name, ...rest] = process.argv;
const command = name === undefined ? undefined : COMMANDS.get(name);
if (command !== undefined) {
  // `start()` reads the command line itself: what it sees must begin after the command.
  process.argv.splice(2, 1);
  void command.run(rest);
} else {
  const asked = name === undefined || name === 'help' || name === '--help' || name === '-h';
  if (!asked) process.stderr.write(`yunction: there is no command ${name}\n\n`);
  (asked ? process.stdout : process.stderr).write(usage());
  process.exitCode = asked ? 0 : 1;
}

function usage(): string {
  const commands = [...COMMANDS].map(([key, { meaning }]) => `  yunction ${key.padEnd(9)} [module]  ${meaning}`);
  const options = (Object.keys(OPTIONS) as (keyof GivenOptions)[]).map((key) => {
    const { meaning, env, fallback } = OPTIONS[key];
    return `  --${key.padEnd(20)} ${meaning} Default ${JSON.stringify(fallback)}${env.length === 0 ? '' : `; ${env.join(', ')}`}.`;
  });
  return `Usage\n${commands.join('\n')}\n\nmodule: FUNCTION_SOURCE, else "main" of package.json, else built/main.js\n\nOptions (also as start({ … }) and in the environment)\n${options.join('\n')}\n\n${PACK_OPTIONS}`;
}
