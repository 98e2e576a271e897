import { setTimeout as sleep } from 'node:timers/promises';

/** Between two requests, where the publisher is not behind. */
const TICK_MS = 50;

/** Numbers in one request, at most. */
const MOST = 100;

/** Longer than a publish may take while Redis is away. */
const ANSWER_MS = 25_000;

/**
 * Publishes the numbers from 1 on, at a rate, through one of the instances at a time. What is not acknowledged it sends
 * again, to the next instance, until it is: so every number that it counts as published was acknowledged.
 */
export class Publisher {
  /** All up to this one are acknowledged. */
  published = 0;
  retries = 0;
  /** Milliseconds between two acknowledgements, at most. */
  longestWaitMs = 0;
  readonly #urls: readonly string[];
  readonly #rate: number;
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
      const to = Math.min(due, this.published + MOST);
      if (to === this.published) {
        await sleep(TICK_MS);
        continue;
      }
      if (await this.#publish(this.published + 1, to)) {
        this.published = to;
        this.longestWaitMs = Math.max(this.longestWaitMs, performance.now() - acknowledgedAt);
        acknowledgedAt = performance.now();
        if (to === due) await sleep(TICK_MS);
        continue;
      }
      this.retries += 1;
      this.#at += 1;
      await sleep(TICK_MS);
    }
  }

  async #publish(from: number, to: number): Promise<boolean> {
    try {
      const response = await fetch(`${this.#urls[this.#at % this.#urls.length]}/feed`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ from, to }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false; // the instance is down, or went down: the next one is asked
    }
  }
}
