import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something has come true. It never gives up: the runner's own time-out does. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(5);
}
