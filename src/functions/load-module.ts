import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What node says of a module that `require` cannot load and `import` can. */
const IMPORT_ONLY: ReadonlySet<unknown> = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE']);

/** Whether a file is an ES module, by its ending or else by `type` of the nearest package.json, as node decides it. */
export function isEsModule(file: string): boolean {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const type = typeOfPackage(join(folder, 'package.json'));
    if (type !== undefined) return type === 'module';
    if (folder === dirname(folder)) return false;
  }
}

/**
 * Loads a module, CommonJS or ES. CommonJS goes by `require`, whose failures are not kept: loading it again tries again,
 * where `import` would give the first failure for ever.
 */
export async function loadModule(file: string): Promise<unknown> {
  if (!isEsModule(file)) {
    try {
      return createRequire(file)(file) as unknown;
    } catch (error) {
      if (!IMPORT_ONLY.has((error as { code?: unknown } | null)?.code)) throw error;
    }
  }
  return import(pathToFileURL(file).href);
}

/** `type` of a package.json; '' where it has none; `undefined`: there is no such file. */
function typeOfPackage(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type ?? '';
  } catch {
    return ''; // node itself complains of it when it loads the module
  }
}
