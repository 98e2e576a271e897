import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

const NONE_LEFT: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/**
 * Whether the process may open one file more. Where it may not, the system closes new connections behind the back of
 * node, which says nothing: only who asks for a descriptor hears of it.
 *
 * @throws Error that tells so, for the log.
 */
export function hasSpareDescriptor(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (NONE_LEFT.has(code))
      throw new Error('no file descriptor is left (ulimit -n): connections are closed', { cause: error });
  }
  return true;
}
