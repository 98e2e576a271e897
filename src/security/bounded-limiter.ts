import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Keys that are counted at a time. Each takes some 650 bytes until its window is over. */
const MAX_KEYS = 100_000;

/**
 * Counts in memory, and forgets the oldest of too many keys: whoever has a network of addresses, or writes the header
 * that is counted by, could fill the memory within one window otherwise.
 *
 * @returns what counts one request of a key; it rejects as the limiter does.
 */
export function boundedLimiter(
  limiter: RateLimiterMemory,
  maxKeys = MAX_KEYS,
): (key: string) => Promise<RateLimiterRes> {
  // In order of their windows' beginnings, which is that of their ends, as all are of one length.
  const keys = new Set<string>();
  const begun = (key: string) => {
    keys.delete(key);
    keys.add(key);
    const [oldest] = keys;
    if (keys.size <= maxKeys || oldest === undefined) return;
    keys.delete(oldest);
    void limiter.delete(oldest);
  };
  return async (key) => {
    const result = await limiter.consume(key);
    if (result.isFirstInDuration) begun(key);
    return result;
  };
}
