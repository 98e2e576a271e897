import type { Redis } from 'ioredis';

interface Waiting {
  readonly failFast: boolean;
  give(client: Redis): void;
  fail(): void;
}

/** Those who wait for a connection. */
export class ConnectionQueue {
  readonly #waiting = new Set<Waiting>();
  readonly #why: () => Error;

  /** @param why says, when somebody has waited in vain, why there is no connection. */
  constructor(why: () => Error) {
    this.#why = why;
  }

  /**
   * The next connection.
   * @param failFast whether a first attempt that fails is enough to give up.
   * @throws (rejected) what `why` gives, after that many milliseconds.
   */
  next(withinMs: number, failFast: boolean): Promise<Redis> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => waiting.fail(), withinMs);
      const stop = () => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        failFast,
        give: (client) => {
          stop();
          resolve(client);
        },
        fail: () => {
          stop();
          reject(this.#why());
        },
      };
      this.#waiting.add(waiting);
    });
  }

  /** There is a connection. */
  give(client: Redis): void {
    for (const waiting of this.#waiting) waiting.give(client);
  }

  /** An attempt has failed. */
  onFailure(): void {
    for (const waiting of this.#waiting) if (waiting.failFast) waiting.fail();
  }

  /** There will be none. */
  end(): void {
    for (const waiting of this.#waiting) waiting.fail();
  }
}
