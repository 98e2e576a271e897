export interface SetOptions {
  /** Milliseconds after which the value is gone. Default: it stays. */
  ttlMs?: number | undefined;
  /** Sets it only where there is no value yet. */
  ifAbsent?: boolean | undefined;
}

export interface IncrementOptions {
  /** A whole number; negative ones count down. Default 1. */
  by?: number | undefined;
  /** Milliseconds after which the value is gone, counted from when this call makes it: later calls do not prolong it. */
  ttlMs?: number | undefined;
}

/**
 * Small shared state by key: sessions, counters, locks. Inject it; it is in memory unless the application is given
 * another, such as `redisStore()` of `yunction/redis`, which all instances share. Values are JSON: what `get` gives is
 * a copy.
 *
 * @example
 * constructor(private readonly store: Store) {}
 * const mine = await this.store.set(`job:${id}`, { by: instance }, { ttlMs: 30_000, ifAbsent: true });
 * const tries = await this.store.increment(`tries:${ip}`, { ttlMs: 60_000 });
 */
export abstract class Store {
  /** Whether it can be used now, as far as that is known without asking. In memory always `ready`. */
  get state(): 'ready' | 'unavailable' {
    return 'ready';
  }

  /**
   * Whether it can be used now: `/_readyz` asks it. Where it is kept by something that may hang, that is asked. Default:
   * if it is `ready`. What it throws is no, and the log has it.
   */
  health(): boolean | Promise<boolean> {
    return this.state === 'ready';
  }

  /**
   * Connects to what the store needs, if anything. The application calls it before it listens.
   * @throws StartupError (rejected) where that cannot be had.
   */
  async open(): Promise<void> {
    // Nothing to connect to.
  }

  /** `undefined`: there is none, or its time is over. */
  abstract get<Value>(key: string): Promise<Value | undefined>;

  /**
   * Resolves to whether it was set: `false` only with `ifAbsent`.
   * @throws TypeError (rejected) for what has no JSON, such as a function, a BigInt or `undefined`.
   */
  abstract set(key: string, value: unknown, options?: SetOptions): Promise<boolean>;

  /** Resolves to whether there was a value. */
  abstract delete(key: string): Promise<boolean>;

  /**
   * Adds to a number, at once for all who do so. Resolves to the sum; an absent value counts as 0.
   * @throws TypeError (rejected) where the value is no whole number.
   */
  abstract increment(key: string, options?: IncrementOptions): Promise<number>;

  /** Lets go of everything that the store holds open. */
  abstract close(): Promise<void>;
}
