/** @throws RangeError unless a subscription's `maxQueued` is a whole number, at least 1. */
export function checkMaxQueued(maxQueued: number): void {
  if (Number.isSafeInteger(maxQueued) && maxQueued > 0) return;
  throw new RangeError(`maxQueued is a whole number of messages, at least 1, not ${String(maxQueued)}`);
}
