/** How long is waited before connecting again. */
export interface Backoff {
  /** Milliseconds at least. Default 1000. */
  minMs?: number;
  /** Milliseconds at most. Default 10,000. */
  maxMs?: number;
  /** By how much the wait may grow with each attempt that fails. Default 1.3. */
  factor?: number;
}

/**
 * Milliseconds before the next attempt: chance decides between `minMs` and a bound that grows from five times `minMs` to
 * `maxMs`. The clients of an instance that goes down thus come back over some seconds, not all at once.
 *
 * @param failures attempts that have failed since the last connection that lasted.
 */
export function retryDelay(failures: number, { minMs = 1000, maxMs = 10_000, factor = 1.3 }: Backoff = {}): number {
  const bound = Math.max(minMs, Math.min(maxMs, 5 * minMs * factor ** failures));
  return minMs + Math.random() * (bound - minMs);
}
