import { type HttpContext, onContextEnd } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import { type CountingKey, countingKey } from './counting-key.js';
import { checkNames, checkWhole } from './option-mistake.js';

export interface ConcurrencyLimitOptions {
  /** Requests, event streams and WebSockets that may be open at a time. */
  limit: number;
  /** How many more may wait for one of them to end. Default 0: none. */
  queue?: number;
  /** Milliseconds that they wait at most. Default 5,000. */
  queueTimeoutMs?: number;
  /** Counts each client for itself. Default: all together. */
  key?: CountingKey;
  /** What `Retry-After` says, in seconds. Default 1. */
  retryAfterSeconds?: number;
}

const NAMES: Readonly<Record<keyof ConcurrencyLimitOptions, true>> = {
  limit: true,
  queue: true,
  queueTimeoutMs: true,
  key: true,
  retryAfterSeconds: true,
};

/**
 * Lets so many requests, event streams and WebSockets be open at a time: each is counted from here until its answer is
 * written or its connection closed. What comes beyond that waits its turn, in order, where there is a queue; else it is
 * answered with `Retry-After`: 503 where all are counted together, 429 where each client is.
 *
 * It counts in this process. Platforms that start an instance for more requests have a limit of their own, which should
 * be the lower one.
 *
 * @throws StartupError for limits that are none.
 * @example
 * @Use(concurrencyLimit({ limit: 4, queue: 20 }))
 * @Http('POST', '/render')
 * render(event: Page) { return this.browser.render(event); }
 */
export function concurrencyLimit(options: ConcurrencyLimitOptions): MiddlewareFunction {
  checkNames('concurrencyLimit()', options, NAMES);
  const limit = checkWhole('concurrencyLimit() limit', options.limit, 1);
  const queue = checkWhole('concurrencyLimit() queue', options.queue ?? 0, 0);
  const queueMs = checkWhole('concurrencyLimit() queueTimeoutMs', options.queueTimeoutMs ?? 5000, 1, 2 ** 31 - 1);
  const retryAfter = checkWhole('concurrencyLimit() retryAfterSeconds', options.retryAfterSeconds ?? 1, 0);
  const keyOf = options.key === undefined ? () => '' : countingKey(options.key, 'concurrencyLimit() key');
  const code = options.key === undefined ? 'UNAVAILABLE' : 'TOO_MANY_REQUESTS';
  const refusal = () =>
    HttpError.of(code, `at most ${limit} at a time`, { headers: { 'Retry-After': String(retryAfter) } });
  const gates = new Map<string, Gate>();
  return async (context, next) => {
    const key = await keyOf(context);
    if (key === undefined) return next();
    let gate = gates.get(key);
    if (gate === undefined) {
      gate = new Gate(limit, () => gates.delete(key));
      gates.set(key, gate);
    }
    if (!gate.enter(context)) {
      if (gate.waiting >= queue) throw refusal();
      if (!(await gate.wait(context, queueMs))) throw refusal();
    }
    return next();
  };
}

/** Counts those within. */
class Gate {
  readonly #limit: number;
  readonly #onEmpty: () => void;
  /** In order of arrival. Each says whether it still wants in. */
  readonly #queue = new Set<() => void>();
  #within = 0;

  constructor(limit: number, onEmpty: () => void) {
    this.#limit = limit;
    this.#onEmpty = onEmpty;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Takes a place until the context's end; `false`: there is none. */
  enter(context: HttpContext): boolean {
    if (this.#within >= this.#limit) return false;
    this.#within += 1;
    onContextEnd(context, () => this.#leave());
    return true;
  }

  /** Resolves to whether a place was free in time. Whoever leaves or is cut does not wait on. */
  wait(context: HttpContext, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (entered: boolean) => {
        this.#queue.delete(admit);
        clearTimeout(timer);
        context.signal.removeEventListener('abort', giveUp);
        resolve(entered);
      };
      const admit = () => {
        this.#queue.delete(admit); // first: where the context has ended, entering admits the next at once
        done(this.enter(context));
      };
      const giveUp = () => done(false);
      const timer = setTimeout(giveUp, ms);
      this.#queue.add(admit);
      context.signal.addEventListener('abort', giveUp);
      if (context.signal.aborted) giveUp();
    });
  }

  #leave(): void {
    this.#within -= 1;
    const [next] = this.#queue;
    if (next !== undefined) next();
    else if (this.#within === 0) this.#onEmpty();
  }
}
