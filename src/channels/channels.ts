/** One message of a channel. */
export interface ChannelMessage<Data = unknown> {
  /** Grows from message to message within a channel: `<milliseconds>-<sequence>`. */
  readonly id: string;
  readonly data: Data;
  /** Set on the first message after messages were lost to a subscriber that asked for all: it must start afresh. */
  readonly gap?: true;
}

export interface SubscribeOptions {
  /** The id last seen: what came after it is delivered first, or a message with `gap` tells that it is no longer kept. */
  after?: string | undefined;
  /** Ends the subscription. */
  signal?: AbortSignal | undefined;
}

export interface PublishOptions {
  /** An id of one's own; it must be greater than the channel's last. Default: the channel's next. */
  id?: string;
}

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
  /** Delivers a message to every subscriber. Resolves to its id. */
  abstract publish(channel: string, message: unknown, options?: PublishOptions): Promise<string>;

  /** What is published from the moment of this call on, in order. It ends when `signal` aborts or the loop is left. */
  abstract subscribe(channel: string, options?: SubscribeOptions): AsyncIterableIterator<ChannelMessage>;

  /** Ends every subscription. */
  abstract close(): Promise<void>;
}
