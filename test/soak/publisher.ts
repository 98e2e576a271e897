import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './instance.js';

/** Between two requests, where the publisher is not behind. */
const TICK_MS = 50;

/** Numbers in one request, at most. */
const MOST = 200;

/** Longer than a publish may take while Redis is away. */
const ANSWER_MS = 25_000;

/**
 * Publishes the numbers from 1 on, at a rate, through one of the instances at a time, several in one request. The instance
 * sends them to Redis one behind the other, without waiting for each. Every number is asked for until it is certain: it is
 * there; or it was passed over, as one that came after it was there first and ids only grow.
 */
export class Publisher {
  /** How many are certainly there. */
  published = 0;
  /** The last one that is there. */
  last = 0;
  /** Those that are not there, and never will be: no client may get them. */
  readonly passedOver: number[] = [];
  retries = 0;
  /** Milliseconds between two acknowledgements, at most. */
  longestWaitMs = 0;
  readonly #urls: readonly string[];
  readonly #rate: number;
  /** Asked for, in order, and not certain yet. */
  #open: number[] = [];
  #next = 1;
  #at = 0;

  /** @param rate numbers a second. */
  constructor(urls: readonly string[], rate: number) {
    this.#urls = urls;
    this.#rate = rate;
  }

  async run(seconds: number): Promise<void> {
    const total = Math.round(this.#rate * seconds);
    const began = performance.now();
    let acknowledgedAt = began;
    while (this.published < total) {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * this.#rate));
      while (this.published + this.#open.length < due && this.#open.length < MOST) this.#open.push(this.#next++);
      if (this.#open.length === 0) {
        await sleep(TICK_MS);
        continue;
      }
      const before = this.published;
      const asked = this.#open;
      this.#note(await this.#publish(asked));
      if (this.published > before) {
        this.longestWaitMs = Math.max(this.longestWaitMs, performance.now() - acknowledgedAt);
        acknowledgedAt = performance.now();
      }
      if (this.#open.length > 0) {
        this.retries += 1;
        this.#at += 1;
        await sleep(TICK_MS);
      } else if (asked.length < MOST) {
        await sleep(TICK_MS);
      }
    }
  }

  #note(outcomes: readonly Outcome[] | undefined): void {
    if (outcomes === undefined) return;
    const open: number[] = [];
    for (const [index, number] of this.#open.entries()) {
      const outcome = outcomes[index];
      if (outcome === 'there') {
        this.published += 1;
        this.last = Math.max(this.last, number);
      } else if (outcome === 'never') {
        this.passedOver.push(number);
      } else {
        open.push(number);
      }
    }
    this.#open = open;
  }

  async #publish(numbers: readonly number[]): Promise<Outcome[] | undefined> {
    try {
      const response = await fetch(`${this.#urls[this.#at % this.#urls.length]}/feed`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ numbers }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const { outcomes } = (await response.json()) as { outcomes?: Outcome[] };
      return outcomes;
    } catch {
      return undefined; // the instance is down, or went down: the next one is asked
    }
  }
}
