import type { ChannelMessage } from '../channels/channels.js';
import type { MessageListener, MessageQueue } from '../channels/message-queue.js';

/** Where a subscription's messages go: an event stream. */
interface Sink {
  readonly closed: boolean;
  /** `false`: wait for `drained`. */
  send(message: ChannelMessage): boolean;
  drained(): Promise<void>;
}

/**
 * Carries a subscription into an event stream without a promise a message: one event may go to very many streams. While
 * a client does not read, its messages wait in the queue, which is bounded.
 */
export class QueuePump implements MessageListener {
  readonly #queue: MessageQueue;
  readonly #sink: Sink;
  #resolve: (() => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(queue: MessageQueue, sink: Sink) {
    this.#queue = queue;
    this.#sink = sink;
  }

  /**
   * Resolves when the subscription has ended, and rejects with what the sink throws or what
   * has broken the subscription. Called once.
   */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#queue.listen(this);
    });
  }

  onMessage(message: ChannelMessage): void {
    try {
      if (!this.#sink.send(message) && !this.#sink.closed) void this.#pause();
    } catch (error) {
      this.#queue.leave();
      this.#reject?.(error);
    }
  }

  onEnd(error?: Error): void {
    if (error === undefined) this.#resolve?.();
    else this.#reject?.(error);
  }

  /** Leaves the subscription. */
  end(): void {
    this.#queue.leave();
    this.#resolve?.();
  }

  async #pause(): Promise<void> {
    this.#queue.pause();
    await this.#sink.drained();
    if (!this.#sink.closed) this.#queue.listen(this);
  }
}
