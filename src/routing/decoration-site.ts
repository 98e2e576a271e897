import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package's own code: frames from here are not the user's. */
const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** The user's file and line in the stack of an error made by a decorator: `built/orders/order.controller.js:12`. */
export function siteOf(site: Error | undefined): string | undefined {
  for (const line of site?.stack?.split('\n').slice(1) ?? []) {
    const match = /((?:file:\/\/)?\/[^\s()]+|[A-Za-z]:\\[^()]+):(\d+):\d+\)?$/.exec(line);
    if (match?.[1] === undefined) continue;
    const file = match[1].startsWith('file:') ? fileURLToPath(match[1]) : match[1];
    // reflect-metadata and tslib call the decorators where they are not inlined.
    if (file.startsWith(OWN_FOLDER) || file.includes('node_modules')) continue;
    return `${relative(process.cwd(), file)}:${match[2]}`;
  }
  return undefined;
}
