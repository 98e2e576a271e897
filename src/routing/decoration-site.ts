import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders of this package's own code, compiled and (with `--enable-source-maps`) as written: not the user's. */
const OWN_FOLDERS = ['..', '../../src/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** The helper that the compiler puts at the head of a file: its line is not where anything was decorated. */
const HELPER = /^\s*at (?:__decorate(?:Class)?|_?_ts_decorate|DecorateProperty|DecorateConstructor)\b/;

/** The user's file and line in the stack of an error made by a decorator: `built/orders/order.controller.js:12`. */
export function siteOf(site: Error | undefined): string | undefined {
  for (const line of site?.stack?.split('\n').slice(1) ?? []) {
    const match = /[\s(]((?:file:\/\/)?\/[^()]+?|[A-Za-z]:\\[^()]+?):(\d+):\d+\)?$/.exec(line);
    if (match?.[1] === undefined) continue;
    const file = match[1].startsWith('file:') ? fileURLToPath(match[1]) : match[1];
    // reflect-metadata and tslib call the decorators where the compiler has not put its helper into the user's file.
    if (OWN_FOLDERS.some((folder) => file.startsWith(folder)) || file.includes('node_modules')) continue;
    if (HELPER.test(line)) continue;
    return `${relative(process.cwd(), file)}:${match[2]}`;
  }
  return undefined;
}
