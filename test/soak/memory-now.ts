import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import type { Memory } from './memory-samples.js';

/** What this process uses, after a collection. */
export function memoryNow(): Memory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20, sockets };
}

let snapshots = 0;

/** Writes what is on the heap after a collection, into the folder of the soak. @returns its file */
export function writeSnapshot(): string {
  snapshots += 1;
  return writeHeapSnapshot(join(process.env['SNAPSHOTS'] ?? '', `${process.pid}-${snapshots}.heapsnapshot`));
}
