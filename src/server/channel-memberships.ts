import type { ChannelMessage, Channels } from '../channels/channels.js';

/** What a connection does with its channels' messages. */
export interface Recipient {
  deliver(data: unknown): void;
  /** A subscription has broken: messages are missing from now on. */
  onFailure(error: unknown): void;
}

/** The channels that one connection has joined: each a subscription, ended when it leaves or closes. */
export class ChannelMemberships {
  readonly #joined = new Map<string, AbortController>();
  readonly #channels: Channels;
  readonly #recipient: Recipient;

  constructor(channels: Channels, recipient: Recipient) {
    this.#channels = channels;
    this.#recipient = recipient;
  }

  /** Resolves when everything that is published from now on will be delivered. */
  async join(channel: string): Promise<void> {
    if (this.#joined.has(channel)) return;
    const leaving = new AbortController();
    // Subscribing takes effect at once; what follows only carries messages over.
    const messages = this.#channels.subscribe(channel, { signal: leaving.signal });
    this.#joined.set(channel, leaving);
    void this.#carry(messages, leaving.signal);
  }

  leave(channel: string): void {
    this.#joined.get(channel)?.abort();
    this.#joined.delete(channel);
  }

  leaveAll(): void {
    for (const channel of this.#joined.keys()) this.leave(channel);
  }

  async #carry(messages: AsyncIterable<ChannelMessage>, left: AbortSignal): Promise<void> {
    try {
      for await (const { data, gap } of messages) {
        if (left.aborted) return;
        if (gap === true) throw new Error('messages of a channel were lost');
        this.#recipient.deliver(data);
      }
    } catch (error) {
      if (!left.aborted) this.#recipient.onFailure(error);
    }
  }
}
