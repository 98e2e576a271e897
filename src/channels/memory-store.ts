import { checkIncrement, checkTtl, jsonOf } from './store-values.js';
import { type IncrementOptions, type SetOptions, Store } from './store.js';

export interface MemoryStoreOptions {
  /** Values kept; beyond that the ones written longest ago are forgotten. Default 100,000. */
  maxEntries?: number;
}

interface Entry {
  /** As JSON, so that values are copies, as they are in a store that is shared. */
  readonly json: string;
  /** By `Date.now()`; infinity: it stays. */
  readonly expires: number;
}

/** Looked at by each write for entries whose time is over: no timer, and no write is slow. */
const SWEEP = 4;

/** A store within one process. It holds no timer and no more than `maxEntries`. */
export class MemoryStore extends Store {
  readonly #entries = new Map<string, Entry>();
  readonly #maxEntries: number;
  /** Where the sweep goes on. */
  #sweep: Iterator<[string, Entry]> | undefined;

  constructor(options: MemoryStoreOptions = {}) {
    super();
    this.#maxEntries = options.maxEntries ?? 100_000;
  }

  /** How many values are held: for leak checks. */
  get size(): number {
    return this.#entries.size;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const entry = this.#live(key);
    return entry === undefined ? undefined : (JSON.parse(entry.json) as Value); // what was set is the caller's to know
  }

  async set(key: string, value: unknown, { ttlMs, ifAbsent = false }: SetOptions = {}): Promise<boolean> {
    checkTtl(ttlMs);
    const json = jsonOf(value);
    if (ifAbsent && this.#live(key) !== undefined) return false;
    this.#write(key, { json, expires: expiryOf(ttlMs) });
    return true;
  }

  async delete(key: string): Promise<boolean> {
    const had = this.#live(key) !== undefined;
    this.#entries.delete(key);
    return had;
  }

  async increment(key: string, { by = 1, ttlMs }: IncrementOptions = {}): Promise<number> {
    checkTtl(ttlMs);
    checkIncrement(by);
    const entry = this.#live(key);
    const before = entry === undefined ? 0 : Number(entry.json);
    if (!Number.isSafeInteger(before)) throw new TypeError(`the value of ${key} is no whole number`);
    const sum = before + by;
    if (!Number.isSafeInteger(sum)) throw new TypeError(`the value of ${key} would be no safe whole number`);
    this.#write(key, { json: String(sum), expires: entry?.expires ?? expiryOf(ttlMs) });
    return sum;
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#sweep = undefined;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expires > Date.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #write(key: string, entry: Entry): void {
    // Moved to the end: the first are those that were written longest ago.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#forgetExpired();
    if (this.#entries.size <= this.#maxEntries) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }

  #forgetExpired(): void {
    const now = Date.now();
    for (let looked = 0; looked < SWEEP; looked += 1) {
      this.#sweep ??= this.#entries.entries();
      const step = this.#sweep.next();
      if (step.done === true) {
        this.#sweep = undefined;
        return;
      }
      const [key, { expires }] = step.value;
      if (expires <= now) this.#entries.delete(key);
    }
  }
}

function expiryOf(ttlMs: number | undefined): number {
  return ttlMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + ttlMs;
}
