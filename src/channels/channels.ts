/** One message of a channel. */
export interface ChannelMessage<Data = unknown> {
  /** Grows from message to message within a channel: `<milliseconds>-<sequence>`. */
  readonly id: string;
  readonly data: Data;
  /** Set on the first message after messages were lost to a subscriber that asked for all: it must start afresh. */
  readonly gap?: true;
  /** Sockets that do not get it, by `ws.id`. It is for those who deliver: nothing is left out of a subscription. */
  readonly except?: readonly string[];
}

/**
 * What becomes of a subscription whose messages come faster than they are read, once `maxQueued` of them wait:
 *
 * - `drop-oldest`: the oldest that wait are dropped, and the next one delivered carries `gap`;
 * - `wait`: no more are queued; they stay where the channel keeps them and are read from there, in order, as the
 *   subscriber reads on. Only one that falls behind what the channel keeps gets a `gap`. No publisher ever waits;
 * - `close`: what waits is delivered, then the subscription ends with a {@link SubscriptionOverflow}.
 */
export type Overflow = 'drop-oldest' | 'wait' | 'close';

export interface SubscribeOptions {
  /** The id last seen: what came after it is delivered first, or a message with `gap` tells that it is no longer kept. */
  after?: string | undefined;
  /** Ends the subscription. */
  signal?: AbortSignal | undefined;
  /** Default `drop-oldest`. */
  overflow?: Overflow | undefined;
  /** Messages that may wait for this subscriber, at least 1. Default: as many as the channel keeps. */
  maxQueued?: number | undefined;
}

export interface PublishOptions {
  /** An id of one's own; it must be greater than the channel's last. Default: the channel's next. */
  id?: string;
  /** Sockets that have joined and are not to get it, by `ws.id`: the sender's own, mostly. */
  except?: readonly string[] | undefined;
  /** Messages kept of this channel at most, where that is less than what the channels keep of any. */
  keep?: number | undefined;
}

/** One who has joined a channel. */
export interface Member<Data = unknown> {
  /** Of this membership: another for each `join`, unique among all instances. */
  readonly id: string;
  /** What `join` was given. */
  readonly data: Data;
}

/** What `join` gives: the way to leave again. */
export interface Membership<Data = unknown> extends Member<Data> {
  /** Resolves when the member is no longer listed. Once, however often it is called. */
  leave(): Promise<void>;
}

/**
 * What is sent to one client alone, kept for when it comes back on whichever instance: {@link Channels.outbox}. One of
 * these has it at a time, the last to have taken it over; it is not told of what others publish unless they do it by an
 * outbox of the same name.
 */
export interface Outbox {
  /**
   * Takes it over, by a message that whoever had it is to read. What he publishes all the same is still delivered. Not
   * needed where there was no outbox of that name before. Subscribe after it.
   */
  take(message: unknown, options?: Pick<PublishOptions, 'keep'>): Promise<string>;
  /** As of a channel. The message must not change afterwards. */
  publish(message: unknown, options?: Pick<PublishOptions, 'keep'>): Promise<string>;
  /** As of a channel. */
  subscribe(options?: SubscribeOptions): AsyncIterableIterator<ChannelMessage>;
  /** As of a channel. */
  forget(): Promise<void>;
}

/** How a set of channels does: `degraded` works within this instance only, `unavailable` not at all. */
export type ChannelsState = 'ready' | 'degraded' | 'unavailable';

/**
 * Named streams of messages for event streams and WebSockets alike: inject it and publish from anywhere.
 *
 * @example
 * constructor(private readonly channels: Channels) {}
 * @Sse('/feed') feed(event: unknown, context: SseContext) {
 *   return this.channels.subscribe('feed', { after: context.lastEventId, signal: context.signal });
 * }
 */
export abstract class Channels {
  /** How they do now, as far as that is known without asking. In memory always `ready`. */
  get state(): ChannelsState {
    return 'ready';
  }

  /**
   * Whether they can be used now, `degraded` too: `/_readyz` asks it. Where they are carried by something that may hang,
   * that is asked. Default: unless they are `unavailable`. What it throws is no, and the log has it.
   */
  health(): boolean | Promise<boolean> {
    return this.state !== 'unavailable';
  }

  /**
   * Connects to what the channels need, if anything. The application calls it before it listens, unless they are
   * `ready`.
   * @throws StartupError (rejected) where that cannot be had.
   */
  async open(): Promise<void> {
    // Nothing to connect to.
  }

  /**
   * Delivers a message to every subscriber. Resolves to its id when it is kept. Rejected, it is not there, and nobody
   * gets it.
   */
  abstract publish(channel: string, message: unknown, options?: PublishOptions): Promise<string>;

  /** What is published from the moment of this call on, in order. It ends when `signal` aborts or the loop is left. */
  abstract subscribe(channel: string, options?: SubscribeOptions): AsyncIterableIterator<ChannelMessage>;

  /**
   * Forgets at once what a channel keeps, instead of in its time: nobody is to come back to it. Subscriptions go on with
   * what is published later. Default: nothing is done.
   */
  async forget(_channel: string): Promise<void> {
    // Whatever keeps it forgets it in its time.
  }

  /**
   * A channel of one client's own. There may be as many as there are clients, so channels that wait for messages by name
   * make of it something that costs nothing while nothing is sent. Default: the channel of that name.
   */
  outbox(name: string): Outbox {
    return {
      take: (message, options) => this.publish(name, message, options),
      publish: (message, options) => this.publish(name, message, options),
      subscribe: (options) => this.subscribe(name, options),
      forget: () => this.forget(name),
    };
  }

  /**
   * Lists somebody as a member of a channel until `leave()` is called, or the instance that called this has died. It is
   * no subscription.
   *
   * @param data whatever the others are to see of the member; across instances it travels as JSON.
   * @example
   * const membership = await channels.join('room:1', { name: 'Ada' });
   * await channels.members('room:1'); // [{ id: '…', data: { name: 'Ada' } }]
   * await membership.leave();
   */
  abstract join<Data>(channel: string, data: Data): Promise<Membership<Data>>;

  /** Who has joined a channel on any instance, in the order of joining. */
  abstract members(channel: string): Promise<readonly Member[]>;

  /** Ends every subscription and every membership of this instance. */
  abstract close(): Promise<void>;
}

/** Ends a subscription with `overflow: 'close'`, whose reader was too slow. */
export class SubscriptionOverflow extends Error {
  override readonly name = 'SubscriptionOverflow';

  constructor(maxQueued: number) {
    super(`a subscription was ended: more than ${maxQueued} messages waited for its reader`);
  }
}
