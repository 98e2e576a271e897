import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** How long one line waits for a reader that has fallen behind, in milliseconds, before lines are kept in memory. */
const MAX_WAIT_MS = 1000;

/**
 * Writes lines on a file descriptor, each at once: a process that ends has lost none. `process.stdout` would cost 4 to
 * 8 ms of a cold start, and make a pipe non-blocking.
 *
 * A reader that has gone (`EPIPE`) costs lines and nothing else. One that has fallen behind on a pipe that somebody else
 * made non-blocking (`EAGAIN`) is waited for a while; then lines go to node's own stream until that has caught up.
 *
 * @param fd default 1, the standard output.
 * @param openStream node's stream of the same descriptor.
 * @param maxWaitMs how long a line waits for a reader that has fallen behind, before it is kept in memory.
 */
export function createLineWriter(
  fd = 1,
  openStream: () => Writable = () => process.stdout,
  maxWaitMs = MAX_WAIT_MS,
): (line: string) => void {
  let stream: Writable | undefined;
  return (line) => {
    if (stream !== undefined && stream.writableLength > 0) {
      stream.write(line);
      return;
    }
    let rest: string | Buffer = line;
    let length = Buffer.byteLength(line);
    for (let waited = 0; length > 0; ) {
      try {
        const written = writeSync(fd, rest as string); // node takes either; its types have one signature for each
        if (written === length) return;
        rest = (typeof rest === 'string' ? Buffer.from(rest) : rest).subarray(written);
        length -= written;
      } catch (error) {
        // Gone, full, closed: there is nowhere left to say so.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        if (waited >= maxWaitMs) break;
        const pause = Math.min(16, waited + 1);
        Atomics.wait(CLOCK, 0, 0, pause);
        waited += pause;
      }
    }
    stream ??= guarded(openStream());
    stream.write(rest);
  };
}

/** Nothing ever wakes who waits on it: a pause that keeps the thread. */
const CLOCK = new Int32Array(new SharedArrayBuffer(4));

function guarded(stream: Writable): Writable {
  return stream.on('error', () => {
    // the reader has gone: that costs lines, and no request
  });
}
