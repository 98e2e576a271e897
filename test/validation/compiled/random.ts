/** A source of choices that a seed repeats: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer from 0, below the bound. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  /** True so many times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item; // the index is one of the array's
  }

  /** Some of the items, at least one, in any order. */
  some<Item>(items: readonly Item[], atMost: number): Item[] {
    const rest = [...items];
    const count = 1 + this.below(atMost);
    return Array.from({ length: count }, () => rest.splice(this.below(rest.length), 1)).flat();
  }
}
