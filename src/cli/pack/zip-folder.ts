import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { StartupError } from '../../errors/startup-error.js';

/** Every entry bears this time, so that the same content gives the same archive. */
const FIXED_TIME = new Date(Date.UTC(1980, 0, 1, 12));

/** Zips a folder's files; `scf_bootstrap` as executable (0755), which the platform needs it to be. */
export async function zipFolder(folder: string, archive: string): Promise<void> {
  const { ZipFile } = await loadYazl();
  const zip = new ZipFile();
  for (const path of await filesIn(folder)) {
    const name = relative(folder, path).split(sep).join('/');
    zip.addFile(path, name, { mtime: FIXED_TIME, mode: name === 'scf_bootstrap' ? 0o100755 : 0o100644 });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(archive));
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function loadYazl(): Promise<typeof import('yazl')> {
  try {
    return await import('yazl');
  } catch (error) {
    throw new StartupError(
      [{ where: 'yunction pack', problem: 'yazl is not installed', remedy: 'npm install --save-dev esbuild yazl' }],
      { cause: error },
    );
  }
}
