import type { ChannelMessage } from './channels.js';

/**
 * What lies between a publisher and one slow subscriber: an async iterator over what is pushed. Past its bound the
 * oldest are dropped and the next one delivered carries `gap`, so that memory stays bounded and no loss goes unsaid.
 */
export class MessageQueue implements AsyncIterableIterator<ChannelMessage> {
  #waiting: ChannelMessage[] = [];
  /** Who waits for a message: one, unless somebody calls `next` again without waiting. */
  readonly #wakes: ((result: IteratorResult<ChannelMessage>) => void)[] = [];
  #ended = false;
  #dropped = false;
  readonly #bound: number;
  readonly #onEnd: () => void;

  constructor(bound: number, onEnd: () => void) {
    this.#bound = bound;
    this.#onEnd = onEnd;
  }

  push(message: ChannelMessage): void {
    if (this.#ended) return;
    const wake = this.#wakes.shift();
    if (wake !== undefined) {
      wake({ done: false, value: this.#marked(message) });
      return;
    }
    this.#waiting.push(message);
    if (this.#waiting.length > this.#bound) {
      this.#waiting.shift();
      this.#dropped = true;
    }
  }

  next(): Promise<IteratorResult<ChannelMessage>> {
    const message = this.#waiting.shift();
    if (message !== undefined) return Promise.resolve({ done: false, value: this.#marked(message) });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#wakes.push(resolve);
    });
  }

  /** Ends the subscription: called by `break` and `return` within `for await`. */
  return(): Promise<IteratorResult<ChannelMessage>> {
    this.end();
    this.#waiting = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Delivers what waits and then ends. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    for (const wake of this.#wakes.splice(0)) wake({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #marked(message: ChannelMessage): ChannelMessage {
    if (!this.#dropped) return message;
    this.#dropped = false;
    return { ...message, gap: true };
  }
}
