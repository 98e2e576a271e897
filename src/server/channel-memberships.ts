import type { Channels } from '../channels/channels.js';

/** The channels that one connection has joined: each a subscription, ended when it leaves or closes. */
export class ChannelMemberships {
  readonly #joined = new Map<string, AbortController>();
  readonly #channels: Channels;
  readonly #deliver: (data: unknown) => void;

  constructor(channels: Channels, deliver: (data: unknown) => void) {
    this.#channels = channels;
    this.#deliver = deliver;
  }

  /** Resolves when everything that is published from now on will be delivered. */
  async join(channel: string): Promise<void> {
    if (this.#joined.has(channel)) return;
    const leaving = new AbortController();
    this.#joined.set(channel, leaving);
    // Subscribing takes effect at once; what follows only carries messages over.
    void this.#carry(this.#channels.subscribe(channel, { signal: leaving.signal }));
  }

  leave(channel: string): void {
    this.#joined.get(channel)?.abort();
    this.#joined.delete(channel);
  }

  leaveAll(): void {
    for (const channel of [...this.#joined.keys()]) this.leave(channel);
  }

  async #carry(messages: AsyncIterable<{ readonly data: unknown }>): Promise<void> {
    for await (const { data } of messages) this.#deliver(data);
  }
}
