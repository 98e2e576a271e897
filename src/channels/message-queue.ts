import type { ChannelMessage } from './channels.js';

/** Takes the messages of any number of subscriptions, without a loop for each. It must not throw. */
export interface MessageListener {
  onMessage(message: ChannelMessage, queue: MessageQueue): void;
  /** The subscription has ended, not by `leave`, and its last message was delivered. */
  onEnd?(): void;
}

/** Queues whose listener is to be told: one microtask for all of them, however many subscribers a message has. */
let ready: MessageQueue[] = [];

/**
 * What lies between a publisher and one slow subscriber: an async iterator over what is pushed. Past its bound the
 * oldest are dropped and the next one delivered carries `gap`, so that memory stays bounded and no loss goes unsaid.
 *
 * There may be as many as there are sockets, so what few of them need is made when it is needed.
 */
export class MessageQueue implements AsyncIterableIterator<ChannelMessage> {
  #waiting: ChannelMessage[] | undefined;
  /** Who waits for a message: one, unless somebody calls `next` again without waiting. */
  #wakes: ((result: IteratorResult<ChannelMessage>) => void)[] | undefined;
  #listener: MessageListener | undefined;
  #ended = false;
  #dropped = false;
  readonly #bound: number;
  readonly #onEnd: (queue: MessageQueue) => void;

  /** @param onEnd called once, when the subscription has ended: no more is pushed. */
  constructor(bound: number, onEnd: (queue: MessageQueue) => void) {
    this.#bound = bound;
    this.#onEnd = onEnd;
  }

  push(message: ChannelMessage): void {
    if (this.#ended) return;
    const wake = this.#wakes?.shift();
    if (wake !== undefined) {
      wake({ done: false, value: this.#marked(message) });
      return;
    }
    const waiting = (this.#waiting ??= []);
    waiting.push(message);
    if (waiting.length === 1 && this.#listener !== undefined) this.#schedule();
    if (waiting.length <= this.#bound) return;
    waiting.shift();
    this.#dropped = true;
  }

  /**
   * Gives the messages to a listener from now on, each in a microtask after it was published, as a loop would get it;
   * without a promise a message. Use this or the iterator, not both.
   */
  listen(listener: MessageListener): void {
    this.#listener = listener;
    if (this.#ended || this.#waiting !== undefined) this.#schedule();
  }

  /** Keeps the messages, up to the bound, until `listen` is called again. */
  pause(): void {
    this.#listener = undefined;
  }

  next(): Promise<IteratorResult<ChannelMessage>> {
    const message = this.#waiting?.shift();
    if (message !== undefined) return Promise.resolve({ done: false, value: this.#marked(message) });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      (this.#wakes ??= []).push(resolve);
    });
  }

  /** Ends the subscription: called by `break` and `return` within `for await`. */
  return(): Promise<IteratorResult<ChannelMessage>> {
    this.leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the subscription at once: what waits is not delivered. */
  leave(): void {
    this.#listener = undefined;
    this.end();
    this.#waiting = undefined;
  }

  /** Delivers what waits and then ends. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(this);
    for (const wake of this.#wakes?.splice(0) ?? []) wake({ done: true, value: undefined });
    if (this.#listener !== undefined) this.#schedule();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #schedule(): void {
    if (ready.push(this) === 1) queueMicrotask(MessageQueue.#deliverAll);
  }

  static #deliverAll(this: void): void {
    const queues = ready;
    ready = [];
    for (const queue of queues) queue.#deliver();
  }

  #deliver(): void {
    let listener = this.#listener;
    while (listener !== undefined) {
      const message = this.#waiting?.shift();
      if (message === undefined) break;
      listener.onMessage(this.#marked(message), this);
      // It may have paused or left.
      listener = this.#listener;
    }
    if (this.#waiting?.length === 0) this.#waiting = undefined;
    if (!this.#ended || listener === undefined) return;
    this.#listener = undefined;
    listener.onEnd?.();
  }

  #marked(message: ChannelMessage): ChannelMessage {
    if (!this.#dropped) return message;
    this.#dropped = false;
    return { ...message, gap: true };
  }
}
