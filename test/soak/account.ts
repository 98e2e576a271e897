/** The ways in which the soak's clients follow the feed. */
export type Kind = 'streamEvents' | 'eventsource' | 'connect';

/** What there was to be had: the numbers up to the last one, without those that were passed over. */
export interface Feed {
  readonly last: number;
  readonly passedOver: readonly number[];
}

/** What one client was given, number by number. Numbers count from 1. */
export class Account {
  readonly kind: Kind;
  last = 0;
  delivered = 0;
  doubled = 0;
  outOfOrder = 0;
  /** Gaps that were announced, and the messages that were skipped in them. */
  gaps = 0;
  skipped = 0;
  sessionsLost = 0;
  resumed = 0;
  /** Milliseconds without a message between two of them, at most. */
  longestSilenceMs = 0;
  /** Skipped without a word, and not seen since. */
  readonly missing = new Set<number>();
  #gap = false;
  #lastAt: number | undefined;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** Messages before the next one are lost, and the client was told so. */
  announceGap(): void {
    this.gaps += 1;
    this.#gap = true;
  }

  /** @param now milliseconds of any clock. */
  take(number: number, now: number): void {
    this.#listen(now);
    if (number <= this.last) {
      if (this.missing.delete(number)) {
        this.outOfOrder += 1;
        this.delivered += 1;
      } else {
        this.doubled += 1;
      }
      return;
    }
    if (this.#gap) this.skipped += number - this.last - 1;
    else for (let skipped = this.last + 1; skipped < number; skipped += 1) this.missing.add(skipped);
    this.#gap = false;
    this.last = number;
    this.delivered += 1;
  }

  /** Messages that are there and never came. */
  lost({ last, passedOver }: Feed): number {
    const there = Math.max(0, last - this.last) + this.missing.size;
    return there - passedOver.filter((number) => number > this.last || this.missing.has(number)).length;
  }

  /** Messages that came and are not there. */
  invented({ last, passedOver }: Feed): number {
    const came = passedOver.filter((number) => number <= this.last && !this.missing.has(number)).length;
    return came + Math.max(0, this.last - last);
  }

  #listen(now: number): void {
    if (this.#lastAt !== undefined) this.longestSilenceMs = Math.max(this.longestSilenceMs, now - this.#lastAt);
    this.#lastAt = now;
  }
}
