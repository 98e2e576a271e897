/** How long a test waits for something to arrive, in milliseconds, when it does not say. */
export const PATIENCE_MS = 5000;

interface Waiting<Item> {
  readonly timer: NodeJS.Timeout;
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** What has arrived and nobody has taken yet, in order. Whoever takes waits, but not for ever. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: Waiting<Item>[] = [];
  #ended = false;
  #error: Error | undefined;

  /** How many items nobody has taken. */
  get size(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    if (this.#ended) return;
    const first = this.#waiting.shift();
    if (first === undefined) {
      this.#items.push(item);
      return;
    }
    clearTimeout(first.timer);
    first.resolve(item);
  }

  /** Nothing more comes. What is there can still be taken; then `take` gives `undefined`, or rejects with the error. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const { timer, resolve, reject } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      if (error === undefined) resolve(undefined);
      else reject(error);
    }
  }

  /** The next item. Rejects after `timeoutMs` without one, saying what was waited for. */
  take(timeoutMs: number, what: string): Promise<Item | undefined> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new Error(`waited ${timeoutMs} ms for ${what}`));
      }, timeoutMs);
      const waiting = { timer, resolve, reject };
      this.#waiting.push(waiting);
    });
  }
}
