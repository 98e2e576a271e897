import { type ChannelMessage, SubscriptionOverflow } from './channels.js';

/** Takes the messages of any number of subscriptions, without a loop for each. It must not throw. */
export interface MessageListener {
  onMessage(message: ChannelMessage, queue: MessageQueue): void;
  /** Several messages follow at once: what is written for them may go out together. Then `onBatchEnd` follows. */
  onBatch?(): void;
  onBatchEnd?(): void;
  /** The subscription has ended, not by `leave`, and its last message was delivered. With an error: it has broken. */
  onEnd?(error?: Error): void;
}

/** Queues whose listener is to be told: one microtask for all of them, however many subscribers a message has. */
let ready: MessageQueue[] = [];

/**
 * What lies between a publisher and one slow subscriber: an async iterator over what is pushed. Past its bound the
 * oldest are dropped and the next one delivered carries `gap`, or it ends with an error, so that memory stays bounded
 * and no loss goes unsaid.
 *
 * There may be as many as there are sockets, so what few of them need is made when it is needed.
 */
export class MessageQueue implements AsyncIterableIterator<ChannelMessage> {
  #waiting: ChannelMessage[] | undefined;
  /** Who waits for a message: one, unless somebody calls `next` again without waiting. */
  #wakes: ((result: IteratorResult<ChannelMessage> | Promise<IteratorResult<ChannelMessage>>) => void)[] | undefined;
  #listener: MessageListener | undefined;
  #ended = false;
  #dropped = false;
  /** Why it has ended, for whoever reads the last message. */
  #error: Error | undefined;
  readonly #bound: number;
  readonly #closes: boolean;
  readonly #onEnd: (queue: MessageQueue) => void;

  /**
   * @param onEnd called once, when the subscription has ended: no more is pushed.
   * @param closes ends with an error past the bound, instead of dropping the oldest.
   */
  constructor(bound: number, onEnd: (queue: MessageQueue) => void, closes = false) {
    this.#bound = bound;
    this.#closes = closes;
    this.#onEnd = onEnd;
  }

  /** How many messages wait to be read. */
  get waiting(): number {
    return this.#waiting?.length ?? 0;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(message: ChannelMessage): void {
    if (this.#ended) return;
    const wake = this.#wakes?.shift();
    if (wake !== undefined) {
      wake({ done: false, value: this.#marked(message) });
      return;
    }
    const waiting = (this.#waiting ??= []);
    if (waiting.length >= this.#bound) {
      if (this.#closes) {
        this.fail(new SubscriptionOverflow(this.#bound));
        return;
      }
      waiting.shift();
      this.#dropped = true;
    }
    waiting.push(message);
    if (waiting.length === 1 && this.#listener !== undefined) this.#schedule();
  }

  /** Whether there is more to read than what waits. */
  protected get isBehind(): boolean {
    return false;
  }

  /** Called when everything that waited has been read: there may be more elsewhere. */
  protected onRead(): void {
    // Everything there is was pushed.
  }

  /**
   * Gives the messages to a listener from now on, each in a microtask after it was published, as a loop would get it;
   * without a promise a message. Use this or the iterator, not both.
   */
  listen(listener: MessageListener): void {
    this.#listener = listener;
    if (this.#ended || this.#waiting !== undefined || this.isBehind) this.#schedule();
  }

  /** Keeps the messages, up to the bound, until `listen` is called again. */
  pause(): void {
    this.#listener = undefined;
  }

  next(): Promise<IteratorResult<ChannelMessage>> {
    let message = this.#waiting?.shift();
    if (message === undefined && !this.#ended) {
      this.onRead();
      message = this.#waiting?.shift();
    }
    if (message !== undefined) return Promise.resolve({ done: false, value: this.#marked(message) });
    if (this.#ended) return this.#lastStep();
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
    this.#error = undefined;
  }

  /** Delivers what waits and then ends. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(this);
    for (const wake of this.#wakes?.splice(0) ?? []) wake(this.#lastStep());
    if (this.#listener !== undefined) this.#schedule();
  }

  /** Delivers what waits and then breaks: `next()` rejects once, a listener's `onEnd` gets the error. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#error = error;
    this.end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #lastStep(): Promise<IteratorResult<ChannelMessage>> {
    const error = this.#error;
    if (error === undefined) return Promise.resolve({ done: true, value: undefined });
    this.#error = undefined;
    return Promise.reject(error);
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
    /** Who was told that several follow. */
    let gathering: MessageListener | undefined;
    try {
      while (listener !== undefined) {
        let message = this.#waiting?.shift();
        if (message === undefined && !this.#ended) {
          this.onRead();
          message = this.#waiting?.shift();
        }
        if (message === undefined) break;
        if (gathering === undefined && this.waiting > 0) {
          gathering = listener;
          listener.onBatch?.();
        }
        listener.onMessage(this.#marked(message), this);
        // It may have paused or left.
        listener = this.#listener;
      }
    } finally {
      gathering?.onBatchEnd?.();
    }
    if (this.#waiting?.length === 0) this.#waiting = undefined;
    if (!this.#ended || listener === undefined) return;
    this.#listener = undefined;
    listener.onEnd?.(this.#error);
  }

  #marked(message: ChannelMessage): ChannelMessage {
    if (!this.#dropped) return message;
    this.#dropped = false;
    return { ...message, gap: true };
  }
}

/** Ends a queue when a signal aborts. What it returns is to be called when the queue has ended in another way. */
export function endOnAbort(queue: MessageQueue, signal: AbortSignal): () => void {
  const leave = () => queue.end();
  signal.addEventListener('abort', leave, { once: true });
  return () => signal.removeEventListener('abort', leave);
}
