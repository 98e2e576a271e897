/** How many looks are taken within the time that must be quiet. */
const LOOKS = 10;

/**
 * Calls `act` when nothing has come in for a while, and again after each further while of quiet.
 *
 * It closes idle connections during the end of the process. A fixed delay is not enough: under load the clients, or this
 * process, may not have had the CPU for long, and then write many requests at once, on the very connections that seem
 * idle. As long as requests come in, all connections may have one on its way; and a look that comes late says nothing.
 *
 * @param received how many requests have come so far.
 * @returns what stops it.
 */
export function whenQuiet(quietMs: number, received: () => number, act: () => void): () => void {
  const lookMs = Math.max(5, quietMs / LOOKS);
  let seen = received();
  let lookedAt = performance.now();
  let quietSince = lookedAt;
  const timer = setInterval(() => {
    // Once more round the event loop: where the process was starved, bytes have come that are read only after timers.
    setImmediate(() => {
      const now = performance.now();
      const late = now - lookedAt > 2 * lookMs;
      if (late || received() !== seen) quietSince = now;
      lookedAt = now;
      seen = received();
      if (now - quietSince < quietMs) return;
      quietSince = now;
      act();
    });
  }, lookMs);
  return () => clearInterval(timer);
}
