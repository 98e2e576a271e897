/** How long is waited before connecting again. */
export interface Backoff {
  /** Milliseconds: the first wait is from one to five times as long. Default 1000. */
  minMs?: number | undefined;
  /** Milliseconds at most. Default 10,000. */
  maxMs?: number | undefined;
}

/**
 * Milliseconds before the next attempt: chance decides between a bound and a fifth of it. The bound grows with each
 * attempt that fails. The clients of an instance that goes down thus come back over some seconds, not all at once.
 *
 * @param failures attempts that have failed in a row.
 */
export function retryDelay(failures: number, { minMs = 1000, maxMs = 10_000 }: Backoff = {}): number {
  // After some thousands of failures the power is infinite, and no number where no wait is wanted.
  return Math.min(maxMs, 5 * minMs * 1.3 ** failures || 0) * (0.2 + 0.8 * Math.random());
}
