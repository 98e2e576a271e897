import { randomUUID } from 'node:crypto';

import { HttpError } from '../../errors/http-error.js';
import { CatchUpQueue } from '../catch-up-queue.js';
import {
  type ChannelMessage,
  Channels,
  type ChannelsState,
  type Member,
  type Membership,
  type Outbox,
  type PublishOptions,
  type SubscribeOptions,
} from '../channels.js';
import { checkMaxQueued } from '../check-max-queued.js';
import { endOnAbort, type MessageQueue } from '../message-queue.js';
import { markShared } from '../shared-encoding.js';
import { Feed } from './feed.js';
import { KeptStreams } from './kept-streams.js';
import { openLink } from './open-link.js';
import { Publisher } from './publisher.js';
import { RedisUnreachable } from './redis-failure.js';
import { type CommandLink, RedisLink } from './redis-link.js';
import { RedisMembers } from './redis-members.js';
import { RedisOutboxes } from './redis-outboxes.js';
import { channelsSettings, type ChannelsSettings, keyPrefix, type RedisChannelsOptions } from './redis-options.js';
import { commandLink } from './shared-link.js';
import { StreamReader } from './stream-reader.js';

/**
 * Channels on Redis Streams: what is published on one instance reaches the subscribers on all. Two connections a
 * process, however many channels and sockets: one for commands, one that waits for messages.
 */
export class RedisChannels extends Channels {
  readonly #settings: ChannelsSettings;
  readonly #prefix: string;
  readonly #commands: CommandLink;
  readonly #publisher: Publisher;
  readonly #reader: StreamReader;
  readonly #kept: KeptStreams;
  readonly #members: RedisMembers;
  readonly #outboxes: RedisOutboxes;
  readonly #feeds = new Map<string, Feed>();
  /** Messages that reached this instance only. */
  #unkept = 0;
  #opened = false;

  /** @param commands the connection for commands, where it is shared. */
  constructor(options: RedisChannelsOptions = {}, commands: CommandLink = commandLink(options)) {
    super();
    this.#settings = channelsSettings(options);
    this.#prefix = keyPrefix(options.prefix);
    // Another for each start, also of the same machine: what one has left is never taken for another's.
    const instance = randomUUID();
    this.#commands = commands;
    this.#commands.onUp((downMs) => this.#onUp(downMs));
    const reading = new RedisLink(options, `${this.#prefix}probe`);
    this.#kept = new KeptStreams(
      this.#commands,
      () => this.state === 'degraded',
      (feed) => this.#reader.add(feed),
    );
    this.#reader = new StreamReader(reading, this.#commands, this.#kept, `${this.#prefix}wake:${instance}`);
    this.#publisher = new Publisher(this.#commands, this.#settings, `${this.#prefix}published:${instance}`);
    this.#outboxes = new RedisOutboxes({
      link: this.#commands,
      publisher: this.#publisher,
      kept: this.#kept,
      prefix: this.#prefix,
      maxMessages: this.#settings.maxMessages,
      isDegraded: () => this.state === 'degraded',
      orHere: (publish, queues, data) => this.#orHere(publish, queues, data),
    });
    this.#members = new RedisMembers(
      this.#commands,
      this.#settings,
      instance,
      (channel) => `${this.#prefix}members:${channel}`,
    );
  }

  override get state(): ChannelsState {
    if (this.#commands.client !== undefined) return 'ready';
    const { downSince } = this.#commands;
    const { degrades, publishTimeoutMs } = this.#settings;
    // Not at once: most connections that are lost are back in a moment.
    const gone = this.#commands.lastError !== undefined && performance.now() - (downSince ?? 0) >= publishTimeoutMs;
    return degrades && this.#opened && gone ? 'degraded' : 'unavailable';
  }

  override async health(): Promise<boolean> {
    // It was told to work without Redis: a balancer that then sends its requests elsewhere finds all others like it.
    if (this.state === 'degraded') return true;
    await this.#commands.ping(this.#settings.publishTimeoutMs);
    return true;
  }

  /** How many channels and outboxes somebody here subscribes to: for leak checks. */
  get size(): number {
    return this.#feeds.size + this.#outboxes.size;
  }

  override async open(): Promise<void> {
    await openLink(this.#commands, 'redisChannels', this.#settings.degrades);
    this.#opened = true;
  }

  publish(channel: string, message: unknown, options: PublishOptions = {}): Promise<string> {
    const publish = async () => (await this.#publisher.publish(this.#keyOf(channel), message, options)).id;
    return this.#orHere(publish, () => this.#feeds.get(channel)?.queues ?? [], message, options.except);
  }

  subscribe(channel: string, options: SubscribeOptions = {}): AsyncIterableIterator<ChannelMessage> {
    const { signal, after, overflow = 'drop-oldest', maxQueued = this.#settings.maxMessages } = options;
    checkMaxQueued(maxQueued);
    const feed = this.#feed(channel);
    let stopListening: (() => void) | undefined;
    const onEnd = (ended: MessageQueue) => {
      stopListening?.();
      this.#leave(channel, feed, ended);
    };
    const queue = new CatchUpQueue(this.#kept.of(feed), after, maxQueued, overflow, onEnd);
    feed.queues.add(queue);
    if (signal?.aborted === true) queue.end();
    else if (signal !== undefined) stopListening = endOnAbort(queue, signal);
    queue.begin();
    return queue;
  }

  override async forget(channel: string): Promise<void> {
    const { publishTimeoutMs } = this.#settings;
    await this.#commands.use(publishTimeoutMs, (client, left) =>
      this.#commands.send(client, left, 'UNLINK', this.#keyOf(channel)),
    );
  }

  override outbox(name: string): Outbox {
    return this.#outboxes.outbox(name);
  }

  join<Data>(channel: string, data: Data): Promise<Membership<Data>> {
    return this.#members.join(channel, data);
  }

  members(channel: string): Promise<readonly Member[]> {
    return this.#members.members(channel);
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds.values()) for (const queue of feed.queues) queue.end();
    this.#outboxes.close();
    await this.#members.close();
    await Promise.all([this.#reader.close(), this.#commands.close()]);
  }

  #keyOf(channel: string): string {
    return `${this.#prefix}channel:${channel}`;
  }

  #feed(channel: string): Feed {
    let feed = this.#feeds.get(channel);
    if (feed === undefined) {
      feed = new Feed(this.#keyOf(channel));
      this.#feeds.set(channel, feed);
    }
    return feed;
  }

  #leave(channel: string, feed: Feed, queue: MessageQueue): void {
    feed.queues.delete(queue);
    if (feed.queues.size > 0 || this.#feeds.get(channel) !== feed) return;
    this.#feeds.delete(channel);
    this.#reader.remove(feed);
  }

  async #orHere(
    publish: () => Promise<string>,
    queues: () => Iterable<MessageQueue>,
    data: unknown,
    except?: readonly string[],
  ): Promise<string> {
    try {
      if (this.state !== 'degraded') return await publish();
    } catch (error) {
      // Not there, as nothing could be sent: it is the outage that this setting is for.
      const unsent =
        error instanceof HttpError && error.code === 'UNAVAILABLE' && error.cause instanceof RedisUnreachable;
      if (!unsent || this.state !== 'degraded') throw error;
    }
    return this.#publishHere(queues(), data, except);
  }

  /** To those here alone. The id is of no channel, so that whoever comes back with it is told of a gap. */
  #publishHere(queues: Iterable<MessageQueue>, data: unknown, except: readonly string[] | undefined): string {
    const id = `local-${++this.#unkept}`;
    const message = except === undefined ? { id, data } : { id, data, except };
    markShared(message);
    for (const queue of queues) if (queue instanceof CatchUpQueue) queue.pushAside(message);
    return id;
  }

  /** After a time in which instances may have published within themselves: nobody knows of it elsewhere. */
  #onUp(downMs: number): void {
    if (!this.#settings.degrades || downMs < this.#settings.publishTimeoutMs) return;
    for (const feed of this.#feeds.values()) feed.doubt();
    this.#outboxes.doubt();
  }
}
