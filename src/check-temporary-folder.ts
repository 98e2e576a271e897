import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { StartupError } from './errors/startup-error.js';
import { OPTIONS } from './options.js';

/** What the system's codes mean here, for a person. */
const MEANINGS = new Map([
  ['EACCES', 'this user may not write to it'],
  ['EPERM', 'this user may not write to it'],
  ['EEXIST', 'a file has its name'],
  ['ENOTDIR', 'a file is in the way'],
  ['EROFS', 'the disk can only be read'],
  ['ENOENT', 'no folder can be made there'],
]);

/** Makes the folder of uploads where it is missing. @throws StartupError where no file can be written to it. */
export function checkTemporaryFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = codeOf(error as NodeJS.ErrnoException, folder); // what node:fs throws
    const meaning = MEANINGS.get(code);
    const [variable] = OPTIONS.temporaryFolder.env;
    const mistake = {
      where: `the folder ${folder}`,
      problem: `uploads cannot be stored there: ${code}${meaning === undefined ? '' : `, ${meaning}`}`,
      remedy: `name a folder that can be written to: \`start({ temporaryFolder: '/tmp' })\`, or ${variable}=/tmp`,
    };
    throw new StartupError([mistake], { cause: error });
  }
}

/** Newer versions of node find nothing below a file, and say only of that file that it is there. */
function codeOf({ code = 'it is not writable', path }: NodeJS.ErrnoException, folder: string): string {
  return code === 'EEXIST' && path !== undefined && path !== resolve(folder) ? 'ENOTDIR' : code;
}

/** Node's own recursive way never returns where the system says that a folder is not there, and that it cannot be made. */
function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
