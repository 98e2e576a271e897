import { setTimeout as wait } from 'node:timers/promises';

/** Asks until there is this answer; connections may fail until then. A test that waits in vain ends by its own limit. */
export async function untilAnswered(url: string, expected: string): Promise<void> {
  for (;;) {
    const text = await fetch(url).then(
      (response) => response.text(),
      () => undefined,
    );
    if (text === expected) return;
    await wait(10);
  }
}
