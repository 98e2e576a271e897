import type { ChannelMessage } from '../channels/channels.js';
import type { MessageListener, MessageQueue } from '../channels/message-queue.js';

/** Where a subscription's messages go: an event stream. */
interface Sink {
  readonly closed: boolean;
  /** `false`: wait for `drained`. */
  send(message: ChannelMessage): boolean;
  drained(): Promise<void>;
  /** @param error what has broken the subscription, or what `send` has thrown; `undefined`: it has ended. */
  sourceEnded(error: unknown): void;
}

/**
 * Carries a subscription into an event stream without a promise a message, or one that waits for the end: one event may go to very many streams, and most of them are idle. While
 * a client does not read, its messages wait in the queue, which is bounded.
 */
export class QueuePump implements MessageListener {
  readonly #queue: MessageQueue;
  readonly #sink: Sink;
  #over = false;

  constructor(queue: MessageQueue, sink: Sink) {
    this.#queue = queue;
    this.#sink = sink;
  }

  /** Begins to carry. The sink is told when the subscription has ended, and not where it was left. */
  begin(): void {
    this.#queue.listen(this);
  }

  onMessage(message: ChannelMessage): void {
    try {
      if (!this.#sink.send(message) && !this.#sink.closed) void this.#pause();
    } catch (error) {
      this.#queue.leave();
      this.#end(error);
    }
  }

  onEnd(error?: Error): void {
    this.#end(error);
  }

  /** Leaves the subscription. */
  end(): void {
    this.#over = true;
    this.#queue.leave();
  }

  #end(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#sink.sourceEnded(error);
  }

  async #pause(): Promise<void> {
    this.#queue.pause();
    await this.#sink.drained();
    if (!this.#sink.closed) this.#queue.listen(this);
  }
}
