import { HttpError } from '../errors/http-error.js';
import { MAX_TIMER_MS } from './deadline-timer.js';

/** What a promise resolves to, or 504 `HANDLER_TIMEOUT` when it takes longer. 0: it may take as long as it likes. */
export async function withinTime<Value>(pending: Promise<Value>, timeoutMs: number): Promise<Value> {
  if (timeoutMs === 0) return pending;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(HttpError.of('HANDLER_TIMEOUT', `no answer within ${timeoutMs} ms`));
    timer = setTimeout(fail, Math.min(timeoutMs, MAX_TIMER_MS));
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}
