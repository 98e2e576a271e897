import { CatchUpQueue } from '../channels/catch-up-queue.js';
import type { ChannelMessage, Channels, SubscribeOptions } from '../channels/channels.js';
import { type MessageListener, MessageQueue } from '../channels/message-queue.js';

/** Where the messages of a subscription go. */
export interface SubscriptionSink {
  /** `false`: no more until `drained` resolves. It must not throw. */
  take(message: ChannelMessage): boolean;
  /** Holds back what is taken from now on, or lets it go: several messages come at once. */
  setCorked(corked: boolean): void;
  drained(): Promise<void>;
  /** The subscription has broken: messages are missing from now on. */
  onFailure(error: unknown): void;
}

/**
 * A subscription that loses nothing: while its sink is behind, messages stay where the channel keeps them. It knows after
 * which message it has begun, so that another can go on from there.
 */
export class ChannelSubscription implements MessageListener {
  readonly #messages: AsyncIterableIterator<ChannelMessage>;
  readonly #leaving: AbortController;
  readonly #sink: SubscriptionSink;

  private constructor(
    messages: AsyncIterableIterator<ChannelMessage>,
    leaving: AbortController,
    sink: SubscriptionSink,
  ) {
    this.#messages = messages;
    this.#leaving = leaving;
    this.#sink = sink;
  }

  /**
   * Resolves when nothing that is published from now on is missed. Nothing is delivered before `deliver`.
   * @param after the id last seen; `undefined`: to begin now.
   */
  static open(
    channels: Channels,
    channel: string,
    after: string | undefined,
    sink: SubscriptionSink,
  ): Promise<ChannelSubscription> {
    return ChannelSubscription.openBy((options) => channels.subscribe(channel, options), after, sink);
  }

  /** The same of what is subscribed to in another way. */
  static async openBy(
    subscribe: (options: SubscribeOptions) => AsyncIterableIterator<ChannelMessage>,
    after: string | undefined,
    sink: SubscriptionSink,
  ): Promise<ChannelSubscription> {
    const leaving = new AbortController();
    const messages = subscribe({ after, overflow: 'wait', signal: leaving.signal });
    if (messages instanceof CatchUpQueue) await messages.started;
    return new ChannelSubscription(messages, leaving, sink);
  }

  /** The id after which it has begun; `undefined` where the channels cannot tell. */
  get origin(): string | undefined {
    return this.#messages instanceof CatchUpQueue ? this.#messages.origin : undefined;
  }

  /** How many messages wait to be delivered, of those that were read at once. */
  get waiting(): number {
    return this.#messages instanceof MessageQueue ? this.#messages.waiting : 0;
  }

  /** Begins to give messages to the sink. */
  deliver(): void {
    if (this.#messages instanceof MessageQueue) this.#messages.listen(this);
    else void this.#carry();
  }

  leave(): void {
    if (this.#messages instanceof MessageQueue) this.#messages.leave();
    this.#leaving.abort();
  }

  onMessage(message: ChannelMessage, queue: MessageQueue): void {
    if (!this.#sink.take(message)) void this.#pause(queue);
  }

  onBatch(): void {
    this.#sink.setCorked(true);
  }

  onBatchEnd(): void {
    this.#sink.setCorked(false);
  }

  onEnd(error?: Error): void {
    if (error !== undefined) this.#sink.onFailure(error);
  }

  async #pause(queue: MessageQueue): Promise<void> {
    queue.pause();
    await this.#sink.drained();
    if (!this.#leaving.signal.aborted) queue.listen(this);
  }

  /** What any other implementation of channels gives. */
  async #carry(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        if (this.#leaving.signal.aborted) return;
        if (!this.#sink.take(message)) await this.#sink.drained();
      }
    } catch (error) {
      if (!this.#leaving.signal.aborted) this.#sink.onFailure(error);
    }
  }
}
