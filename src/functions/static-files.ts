import { statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

import type { MiddlewareFunction } from '../context/middleware.js';
import { StartupError } from '../errors/startup-error.js';
import type { FunctionSettings } from '../server/function-table.js';
import { file } from '../server/result.js';

/**
 * Serves the files of a folder before anything else (option `staticServeRoot`); what is no file goes on. Neither hidden
 * files nor anything outside of the folder is served.
 *
 * @param folder the project's, from which the root counts.
 * @throws StartupError where there is no such folder.
 */
export function staticFiles(
  settings: Pick<FunctionSettings, 'staticServeRoot' | 'staticServeIndex' | 'staticServeMaxAge'>,
  folder: string,
): MiddlewareFunction {
  const { staticServeRoot, staticServeIndex, staticServeMaxAge } = settings;
  const root = resolve(folder, staticServeRoot);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const problem = `there is no folder ${staticServeRoot}`;
    throw new StartupError([{ where: 'option staticServeRoot', problem, remedy: 'name a folder' }]);
  }
  const maxAge = Math.floor(staticServeMaxAge / 1000);
  return (context, next) => {
    if (context.method !== 'GET' && context.method !== 'HEAD') return next();
    const found = fileOf(root, context.path, staticServeIndex);
    return found === undefined ? next() : file(found, { maxAge });
  };
}

/** The file of a path; `undefined`: there is none, or it is not to be seen. */
function fileOf(root: string, path: string, index: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const segments = decoded.split('/').filter((segment) => segment !== '');
  if (decoded.includes('\0') || decoded.includes('\\') || segments.some((segment) => segment.startsWith('.'))) {
    return undefined;
  }
  const wanted = join(root, ...segments, ...(decoded.endsWith('/') && index !== '' ? [index] : []));
  if (!wanted.startsWith(root + sep)) return undefined;
  try {
    return statSync(wanted, { throwIfNoEntry: false })?.isFile() === true ? wanted : undefined;
  } catch {
    return undefined; // a name that is too long
  }
}
