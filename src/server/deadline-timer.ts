import type { HttpContext } from '../context/http-context.js';

/** Node's timers hold no more: a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls `end` shortly before the platform cuts the connection: a tenth of the time left before, 2 seconds at most.
 * `undefined`: nothing cuts it.
 */
export function startDeadlineTimer(context: HttpContext, end: () => void): NodeJS.Timeout | undefined {
  if (context.deadline === Number.POSITIVE_INFINITY) return undefined;
  const left = context.remainingMs();
  const timer = setTimeout(end, Math.min(left - Math.min(2000, left * 0.1), MAX_TIMER_MS));
  timer.unref();
  return timer;
}
