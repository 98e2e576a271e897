import type { ChannelMessage, Channels, Membership } from '../channels/channels.js';
import { CatchUpQueue } from '../channels/catch-up-queue.js';
import { MemoryChannels } from '../channels/memory-channels.js';
import { type MessageListener, MessageQueue } from '../channels/message-queue.js';

/** What a connection does with its channels' messages. */
export interface Recipient {
  /** @param message what `data` came in: one object for all who get it, where the channels can tell. */
  deliver(data: unknown, message: ChannelMessage): void;
  /** Holds back what is delivered from now on, or lets it go: several messages come at once. */
  setCorked(corked: boolean): void;
  /** A subscription has broken: messages are missing from now on. */
  onFailure(error: unknown): void;
  /** A membership could not be ended: it is listed until it expires. */
  onLeaveFailure(error: unknown): void;
}

/** How a subscription is ended. */
interface Leaving {
  leave(): void;
}

/** Leaves a subscription and a membership. */
class MemberLeaving implements Leaving {
  readonly #subscription: Leaving;
  readonly #membership: Membership;
  readonly #recipient: Recipient;

  constructor(subscription: Leaving, membership: Membership, recipient: Recipient) {
    this.#subscription = subscription;
    this.#membership = membership;
    this.#recipient = recipient;
  }

  leave(): void {
    this.#subscription.leave();
    this.#membership.leave().catch((error: unknown) => this.#recipient.onLeaveFailure(error));
  }
}

/** The channels that one connection has joined: each a subscription, ended when it leaves or closes. */
export class ChannelMemberships implements MessageListener {
  /** Most join one channel: a map is made for the second. */
  #channel: string | undefined;
  #leaving: Leaving | undefined;
  #others: Map<string, Leaving> | undefined;
  readonly #channels: Channels;
  readonly #recipient: Recipient;

  constructor(channels: Channels, recipient: Recipient) {
    this.#channels = channels;
    this.#recipient = recipient;
  }

  /**
   * Resolves when everything that is published from now on will be delivered.
   * @param member what the others are to see of it; `undefined`: it is listed nowhere.
   */
  async join(channel: string, member?: unknown): Promise<void> {
    if (this.#find(channel) !== undefined) return;
    await this.#subscribe(channel);
    const subscription = this.#find(channel);
    if (member === undefined || subscription === undefined) return;
    const leaving = new MemberLeaving(subscription, await this.#channels.join(channel, member), this.#recipient);
    // It may have left in the meantime, or have left and joined again.
    if (this.#find(channel) !== subscription) leaving.leave();
    else if (channel === this.#channel) this.#leaving = leaving;
    else this.#others?.set(channel, leaving);
  }

  async #subscribe(channel: string): Promise<void> {
    // A queue in memory is left directly. Others hear of it by a signal, as a generator that waits cannot be left;
    // a class that extends MemoryChannels may give one too.
    const leaving = this.#channels.constructor === MemoryChannels ? undefined : new AbortController();
    // Subscribing takes effect at once; what follows only carries messages over.
    const messages = this.#channels.subscribe(channel, leaving === undefined ? {} : { signal: leaving.signal });
    if (messages instanceof MessageQueue) {
      messages.listen(this);
      this.#keep(channel, messages);
      if (messages instanceof CatchUpQueue) await messages.started;
      return;
    }
    const carrier = new Carrier(messages, leaving, this.#recipient);
    this.#keep(channel, carrier);
    void carrier.carry();
  }

  leave(channel: string): void {
    this.#find(channel)?.leave();
    if (channel !== this.#channel) this.#others?.delete(channel);
    else this.#channel = this.#leaving = undefined;
  }

  leaveAll(): void {
    if (this.#channel !== undefined) this.leave(this.#channel);
    for (const channel of this.#others?.keys() ?? []) this.leave(channel);
  }

  onMessage(message: ChannelMessage, queue: MessageQueue): void {
    if (message.gap !== true) {
      this.#recipient.deliver(message.data, message);
      return;
    }
    queue.leave();
    this.#recipient.onFailure(lost());
  }

  onBatch(): void {
    this.#recipient.setCorked(true);
  }

  onBatchEnd(): void {
    this.#recipient.setCorked(false);
  }

  onEnd(error?: Error): void {
    if (error !== undefined) this.#recipient.onFailure(error);
  }

  #find(channel: string): Leaving | undefined {
    return channel === this.#channel ? this.#leaving : this.#others?.get(channel);
  }

  #keep(channel: string, leaving: Leaving): void {
    if (this.#channel === undefined) {
      this.#channel = channel;
      this.#leaving = leaving;
    } else {
      (this.#others ??= new Map()).set(channel, leaving);
    }
  }
}

/** Carries over what any other implementation of channels gives. */
class Carrier implements Leaving {
  #left = false;
  readonly #messages: AsyncIterableIterator<ChannelMessage>;
  readonly #leaving: AbortController | undefined;
  readonly #recipient: Recipient;

  constructor(
    messages: AsyncIterableIterator<ChannelMessage>,
    leaving: AbortController | undefined,
    recipient: Recipient,
  ) {
    this.#messages = messages;
    this.#leaving = leaving;
    this.#recipient = recipient;
  }

  leave(): void {
    this.#left = true;
    this.#leaving?.abort();
  }

  async carry(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        if (this.#left) return;
        if (message.gap === true) throw lost();
        this.#recipient.deliver(message.data, message);
      }
    } catch (error) {
      if (!this.#left) this.#recipient.onFailure(error);
    }
  }
}

function lost(): Error {
  return new Error('messages of a channel were lost');
}
