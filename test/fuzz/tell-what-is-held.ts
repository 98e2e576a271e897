import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';

/** What a process holds. */
export interface Held {
  /** Open descriptors, and files in the folder for uploads. */
  readonly files: number;
  readonly temporary: number;
}

/** At SIGUSR2 this process tells what it holds, and at SIGUSR1 what file it has written a snapshot of its heap to. */
export function tellWhatIsHeld(): void {
  process.on('SIGUSR2', () => {
    const held: Held = {
      files: readdirSync('/proc/self/fd').length,
      temporary: readdirSync(process.env['YUNCTION_TMP'] ?? '').length,
    };
    process.stdout.write(`held ${JSON.stringify(held)}\n`);
  });
  process.on('SIGUSR1', () => {
    const file = writeHeapSnapshot(join(process.env['SNAPSHOTS'] ?? '', `${process.pid}.heapsnapshot`));
    process.stdout.write(`snapshot ${JSON.stringify(file)}\n`);
  });
}
