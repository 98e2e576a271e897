// Run by `yunction pack` in a process of its own: fills V8's code cache of the packed application whose folder is the
// first argument. What runs meanwhile is Yunction's samples within the bundle, and nothing of the user's.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

import { COMMAND_VARIABLE } from '../../start-command.js';
import { APPLICATION_FILE, CACHE_FILE, WARM_UP } from './loader.js';
import type { WarmUp } from './packed-start.js';

type Wrapped = (exports: object, require: NodeJS.Require, module: object, file: string, folder: string) => void;

async function writeCache(folder: string, withEvents: boolean): Promise<void> {
  const filename = join(folder, APPLICATION_FILE);
  const script = new Script(readFileSync(filename, 'utf8'), { filename });
  // Compiled code that rests is thrown away, and would be missing. The flags must be the usual ones when the cache is
  // made, or no process with the usual flags takes it.
  setFlagsFromString('--no-flush-bytecode');
  process.env[COMMAND_VARIABLE] = WARM_UP;
  const module: { exports: unknown } = { exports: {} };
  // The text is a function with node's five parameters: see the wrapper in loader.ts.
  (script.runInThisContext() as Wrapped)({}, createRequire(filename), module, filename, folder);
  // What the bundle exports under this command: see packed-start.ts.
  await (module.exports as WarmUp)(withEvents);
  setFlagsFromString('--flush-bytecode');
  writeFileSync(join(folder, CACHE_FILE), script.createCachedData());
}

// Taken away, as start() reads the command line, too.
const [folder = '.', events] = process.argv.splice(2);
// The samples run until then.
writeCache(resolve(folder), events === 'events').then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
