import { randomUUID } from 'node:crypto';

import { CatchUpQueue } from '../catch-up-queue.js';
import type { ChannelMessage, Outbox, PublishOptions, SubscribeOptions } from '../channels.js';
import { endOnAbort, type MessageListener, type MessageQueue } from '../message-queue.js';
import { Feed } from './feed.js';
import { KeptStreams } from './kept-streams.js';
import { OutboxFeed } from './outbox-feed.js';
import type { OutboxNotice, Publisher } from './publisher.js';
import type { CommandLink } from './redis-link.js';

const FORGET_MS = 5000;
/** Notices that may wait here: past that every outbox is read. */
const MAX_NOTICES = 10_000;

/** What outboxes share with the channels of a process. */
export interface OutboxesOptions {
  readonly link: CommandLink;
  readonly publisher: Publisher;
  /** What channels keep: of the notices. */
  readonly kept: KeptStreams;
  readonly prefix: string;
  readonly maxMessages: number;
  readonly isDegraded: () => boolean;
  /** What `publish` gives; where Redis may be done without, the message is given to those here alone. */
  orHere(publish: () => Promise<string>, queues: () => Iterable<MessageQueue>, data: unknown): Promise<string>;
}

/**
 * The outboxes that are read in this process. Each is a stream of its own that nobody waits for, as there may be thousands:
 *
 * - What is published here is given to its reader here when Redis has answered.
 * - What is published by anybody but the last to have taken the outbox over is told of, in the same moment, in one stream
 *   that all processes read. Taking it over is told, too.
 * - Each message names the one before it: whoever has missed one reads from there on; and after a lost connection
 *   everybody does.
 */
export class RedisOutboxes implements MessageListener {
  readonly #options: OutboxesOptions;
  readonly #feeds = new Map<string, OutboxFeed>();
  readonly #kept: KeptStreams;
  readonly #notices: Feed;
  #heard: CatchUpQueue | undefined;

  constructor(options: OutboxesOptions) {
    this.#options = options;
    this.#kept = new KeptStreams(options.link, options.isDegraded, () => undefined);
    this.#notices = new Feed(`${options.prefix}notices`);
    options.link.onUp(() => this.#readAll(true));
  }

  /** How many are read here. */
  get size(): number {
    return this.#feeds.size;
  }

  outbox(name: string): Outbox {
    return new RedisOutbox(this, `${this.#options.prefix}outbox:${name}`);
  }

  /** Others may have got messages that no stream ever had. */
  doubt(): void {
    for (const feed of this.#feeds.values()) feed.doubt();
  }

  close(): void {
    this.#heard?.end();
    for (const { queues } of this.#feeds.values()) for (const queue of queues) queue.end();
  }

  publish(
    key: string,
    message: unknown,
    options: Pick<PublishOptions, 'keep'>,
    by: Pick<OutboxNotice, 'holder' | 'as'>,
  ): Promise<string> {
    const publish = async () => {
      const notice = { key: this.#notices.key, ...by };
      const { id, previous } = await this.#options.publisher.publish(key, message, options, notice);
      this.#feeds.get(key)?.accept({ id, data: message, previous });
      return id;
    };
    return this.#options.orHere(publish, () => this.#feeds.get(key)?.queues ?? [], message);
  }

  subscribe(key: string, options: SubscribeOptions): AsyncIterableIterator<ChannelMessage> {
    const { signal, after, overflow = 'drop-oldest', maxQueued = this.#options.maxMessages } = options;
    const feed = this.#feed(key);
    let stopListening: (() => void) | undefined;
    const queue = new CatchUpQueue(
      { read: (...args) => void this.#read(feed, ...args) },
      after,
      maxQueued,
      overflow,
      (ended) => {
        stopListening?.();
        feed.queues.delete(ended);
        if (feed.queues.size === 0 && this.#feeds.get(key) === feed) this.#feeds.delete(key);
      },
    );
    feed.queues.add(queue);
    if (signal?.aborted === true) queue.end();
    else if (signal !== undefined) stopListening = endOnAbort(queue, signal);
    queue.begin();
    return queue;
  }

  async forget(key: string): Promise<void> {
    const { link } = this.#options;
    await link.use(FORGET_MS, (client, left) => link.send(client, left, 'UNLINK', key));
  }

  /** A notice. */
  onMessage({ data, gap }: ChannelMessage): void {
    if (gap === true) this.#readAll(false);
    else this.#feeds.get(String(data))?.readOn();
  }

  /** Nothing is read of an outbox before notices are: what is published after it was read is told. */
  async #read(feed: OutboxFeed, queue: CatchUpQueue, after: string | undefined): Promise<void> {
    await this.#listen().started;
    this.#kept.of(feed).read(queue, after);
  }

  #listen(): CatchUpQueue {
    if (this.#heard !== undefined) return this.#heard;
    const kept = this.#options.kept.of(this.#notices);
    const heard = new CatchUpQueue(kept, undefined, MAX_NOTICES, 'drop-oldest', () => this.#notices.queues.clear());
    this.#notices.queues.add(heard);
    heard.listen(this);
    heard.begin();
    return (this.#heard = heard);
  }

  #feed(key: string): OutboxFeed {
    const feed = this.#feeds.get(key) ?? new OutboxFeed(key, this.#options.link, this.#kept);
    this.#feeds.set(key, feed);
    return feed;
  }

  #readAll(cut: boolean): void {
    for (const feed of this.#feeds.values()) feed.readOn(cut);
  }
}

/** An outbox as one connection has it. */
class RedisOutbox implements Outbox {
  readonly #outboxes: RedisOutboxes;
  readonly #key: string;
  readonly #holder = randomUUID();
  #first = true;

  constructor(outboxes: RedisOutboxes, key: string) {
    this.#outboxes = outboxes;
    this.#key = key;
  }

  take(message: unknown, options: Pick<PublishOptions, 'keep'> = {}): Promise<string> {
    this.#first = false;
    return this.#outboxes.publish(this.#key, message, options, { holder: this.#holder, as: 'take' });
  }

  async publish(message: unknown, options: Pick<PublishOptions, 'keep'> = {}): Promise<string> {
    const as = this.#first ? 'first' : '';
    this.#first = false;
    return this.#outboxes.publish(this.#key, message, options, { holder: this.#holder, as });
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterableIterator<ChannelMessage> {
    return this.#outboxes.subscribe(this.#key, options);
  }

  forget(): Promise<void> {
    return this.#outboxes.forget(this.#key);
  }
}
