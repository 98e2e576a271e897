import { MAX_TIMER_MS } from './deadline-timer.js';
import type { Exchange } from './exchange.js';

/** How often requests with long limits are looked through: they are cut at most twice this late. */
const SWEEP_MS = 250;

/** Limits from here on can bear that. */
const LONG_MS = 20 * SWEEP_MS;

/** Due this request's whole limit after the next look: to ask the clock for each costs as much as the rest of this. */
const FROM_NEXT_LOOK = Number.NaN;

/**
 * The time that handlers have. A timer made and cleared for each request costs about as much as finding its route; a
 * limit of seconds, which hardly any request reaches, is kept by one look through all requests in flight instead.
 */
export class HandlerTimes {
  readonly #inFlight: ReadonlySet<Exchange>;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(inFlight: ReadonlySet<Exchange>) {
    this.#inFlight = inFlight;
  }

  /** Calls `timeUp` after this time, once, unless the request ends before. One limit a request: later ones are nothing. */
  start(exchange: Exchange, ms: number, timeUp: (exchange: Exchange) => void): void {
    if (exchange.timeUp !== undefined) return;
    exchange.timeUp = timeUp;
    exchange.limitMs = ms;
    this.again(exchange);
  }

  /** The time begins anew, if it was started. */
  again(exchange: Exchange): void {
    const { timeUp, limitMs } = exchange;
    if (timeUp === undefined) return;
    if (limitMs >= LONG_MS) {
      exchange.dueAt = FROM_NEXT_LOOK;
      this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
      return;
    }
    clearTimeout(exchange.timer);
    exchange.timer = setTimeout(timeUp, Math.min(limitMs, MAX_TIMER_MS), exchange);
  }

  /** The request has ended. */
  stop(exchange: Exchange): void {
    if (exchange.timer !== undefined) clearTimeout(exchange.timer);
    exchange.dueAt = undefined;
  }

  #sweep(): void {
    if (this.#inFlight.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
      return;
    }
    const now = performance.now();
    for (const exchange of this.#inFlight) {
      const { dueAt } = exchange;
      if (dueAt === undefined || dueAt > now) continue;
      if (Number.isNaN(dueAt)) {
        exchange.dueAt = now + exchange.limitMs;
        continue;
      }
      exchange.dueAt = undefined;
      exchange.timeUp?.(exchange);
    }
  }
}
