import type { ChannelMessage, Channels, Membership } from '../channels/channels.js';
import { compareIds, isId } from '../channels/message-id.js';
import { ChannelSubscription, type SubscriptionSink } from './channel-subscription.js';
import type { JoinedChannel } from './session.js';

/** What a connection does with the messages of its channels. */
export interface ChannelReader {
  /** `false`: no more until `drained` resolves. It must not throw. */
  takeFrom(channel: string, message: ChannelMessage): boolean;
  /** Holds back what is taken from now on, or lets it go: several messages come at once. */
  setCorked(corked: boolean): void;
  /** Messages of a channel are missing, and nobody can tell which. */
  onGap(channel: string): void;
  drained(): Promise<void>;
  onFailure(error: unknown): void;
  onLeaveFailure(error: unknown): void;
}

/** The channels that a session has joined, as one of its connections reads them. */
export class SessionChannels {
  readonly #channels: Channels;
  readonly #reader: ChannelReader;
  readonly #joined = new Map<string, Joined>();

  constructor(channels: Channels, reader: ChannelReader) {
    this.#channels = channels;
    this.#reader = reader;
  }

  has(channel: string): boolean {
    return this.#joined.has(channel);
  }

  /**
   * Resolves when it has joined, to what a later connection needs to go on; `undefined`: it has left in the meantime.
   * @param from of an earlier connection of the session: where that has joined.
   * @param seen how far the client says it has come.
   */
  async join(
    channel: string,
    member: unknown,
    from?: JoinedChannel,
    seen?: string,
  ): Promise<JoinedChannel | undefined> {
    const joined = new Joined(channel, from?.after, this.#reader);
    this.#joined.set(channel, joined);
    // What the client saw of a channel that the session has left since is of no use.
    const after = from === undefined ? undefined : later(from.after, seen);
    joined.subscription = await ChannelSubscription.open(this.#channels, channel, after, joined);
    if (member !== undefined) joined.membership = await this.#channels.join(channel, member);
    if (this.#joined.get(channel) !== joined) {
      joined.leave();
      return undefined;
    }
    if (from !== undefined && after === undefined) this.#reader.onGap(channel);
    joined.subscription.deliver();
    return { after: from?.after ?? joined.subscription.origin, ...(member === undefined ? {} : { member }) };
  }

  leave(channel: string): void {
    this.#joined.get(channel)?.leave();
    this.#joined.delete(channel);
  }

  leaveAll(): void {
    for (const channel of this.#joined.keys()) this.leave(channel);
  }
}

class Joined implements SubscriptionSink {
  subscription: ChannelSubscription | undefined;
  membership: Membership | undefined;
  readonly #channel: string;
  /** The client may say anything: what was sent before the session joined is not for it. */
  readonly #floor: string | undefined;
  readonly #reader: ChannelReader;

  constructor(channel: string, floor: string | undefined, reader: ChannelReader) {
    this.#channel = channel;
    this.#floor = floor;
    this.#reader = reader;
  }

  take(message: ChannelMessage): boolean {
    if (this.#floor !== undefined && isId(message.id) && compareIds(message.id, this.#floor) <= 0) return true;
    return this.#reader.takeFrom(this.#channel, message);
  }

  setCorked(corked: boolean): void {
    this.#reader.setCorked(corked);
  }

  drained(): Promise<void> {
    return this.#reader.drained();
  }

  onFailure(error: unknown): void {
    this.#reader.onFailure(error);
  }

  leave(): void {
    this.subscription?.leave();
    this.membership?.leave().catch((error: unknown) => this.#reader.onLeaveFailure(error));
  }
}

/** The later of two positions. One of the client's that is no id tells that something is missing, and stays. */
function later(joined: string | undefined, seen: string | undefined): string | undefined {
  if (joined === undefined || seen === undefined) return joined ?? seen;
  return isId(seen) && compareIds(seen, joined) < 0 ? joined : seen;
}
