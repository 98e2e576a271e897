import { CatchUpQueue, type KeptMessages, type Page } from './catch-up-queue.js';
import {
  type ChannelMessage,
  Channels,
  type Member,
  type Membership,
  type PublishOptions,
  type SubscribeOptions,
} from './channels.js';
import { checkMaxQueued } from './check-max-queued.js';
import { MemoryMembers } from './memory-members.js';
import { compareIds, isId, nextId, ZERO_ID } from './message-id.js';
import { endOnAbort, MessageQueue } from './message-queue.js';
import { markShared } from './shared-encoding.js';

export interface MemoryChannelsOptions {
  /** Messages kept of a channel for those who come back. Default 10,000. */
  maxMessages?: number;
  /** Milliseconds a message is kept. Default 10 minutes. */
  maxAgeMs?: number;
}

interface Channel extends KeptMessages {
  messages: (ChannelMessage & { readonly time: number })[];
  /** The id of the first message ever; undefined: there was none. */
  first: string | undefined;
  /** The id of the newest message that is no longer kept; undefined: none has been dropped. */
  forgotten: string | undefined;
  last: string;
  readonly subscribers: Set<MessageQueue>;
  /** Called when one of them has ended. */
  readonly onEnd: (queue: MessageQueue) => void;
}

/** Channels within one process: what is published here reaches only what runs here. */
export class MemoryChannels extends Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #members = new MemoryMembers();
  readonly #maxMessages: number;
  readonly #maxAgeMs: number;

  constructor(options: MemoryChannelsOptions = {}) {
    super();
    this.#maxMessages = options.maxMessages ?? 10_000;
    this.#maxAgeMs = options.maxAgeMs ?? 600_000;
  }

  /** How many channels are known: for leak checks. */
  get size(): number {
    return this.#channels.size;
  }

  /** How many subscribe to a channel: for leak checks. */
  subscribers(name: string): number {
    return this.#channels.get(name)?.subscribers.size ?? 0;
  }

  /** @throws RangeError (rejected) for an id that is not `<number>-<number>` and greater than the channel's last. */
  async publish(name: string, data: unknown, options: PublishOptions = {}): Promise<string> {
    this.#forgetOldChannels();
    const channel = this.#channel(name);
    const now = Date.now();
    const id = options.id ?? nextId(channel.last, now);
    if (!isId(id) || compareIds(id, channel.last) <= 0) {
      throw new RangeError(`channel ${name}: the id ${id} is not of the form <number>-<number> above ${channel.last}`);
    }
    channel.first ??= id;
    channel.last = id;
    const { except, keep } = options;
    channel.messages.push(except === undefined ? { id, data, time: now } : { id, data, except, time: now });
    this.#trim(channel, now, keep);
    if (channel.subscribers.size === 0) return id;
    // One object for all, so that what is made of it for the first (its text, its frame) serves the others too.
    const message = except === undefined ? { id, data } : { id, data, except };
    if (channel.subscribers.size > 1) markShared(message);
    for (const subscriber of channel.subscribers) subscriber.push(message);
    return id;
  }

  subscribe(name: string, options: SubscribeOptions = {}): AsyncIterableIterator<ChannelMessage> {
    const { signal, after, overflow = 'drop-oldest', maxQueued = this.#maxMessages } = options;
    checkMaxQueued(maxQueued);
    const channel = this.#channel(name);
    let stopListening: (() => void) | undefined;
    // Without a signal, one function for all subscribers of the channel.
    const onEnd =
      signal === undefined
        ? channel.onEnd
        : (ended: MessageQueue) => {
            stopListening?.();
            channel.onEnd(ended);
          };
    const queue =
      after === undefined && overflow !== 'wait'
        ? new MessageQueue(maxQueued, onEnd, overflow === 'close')
        : new CatchUpQueue(channel, after ?? channel.last, maxQueued, overflow, onEnd);
    channel.subscribers.add(queue);
    if (queue instanceof CatchUpQueue) queue.begin();
    this.#forgetOldChannels();
    if (signal?.aborted === true) queue.end();
    else if (signal !== undefined) stopListening = endOnAbort(queue, signal);
    return queue;
  }

  override async forget(name: string): Promise<void> {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    // As if there had been none; but ids go on growing, and the rest is forgotten with the old channels.
    channel.messages = [];
    channel.first = channel.forgotten = undefined;
  }

  async join<Data>(channel: string, data: Data): Promise<Membership<Data>> {
    return this.#members.join(channel, data);
  }

  async members(channel: string): Promise<readonly Member[]> {
    return this.#members.members(channel);
  }

  async close(): Promise<void> {
    for (const channel of this.#channels.values()) for (const subscriber of channel.subscribers) subscriber.end();
    this.#channels.clear();
    this.#members.clear();
  }

  /** What the channel keeps after an id. Messages that it cannot give any more are a `gap` in the first that it gives. */
  #page(channel: Channel, after: string, size: number): Page {
    this.#trim(channel, Date.now());
    const { messages, forgotten, last } = channel;
    const known = isKnown(channel, after);
    const start = known ? countUpTo(messages, after) : 0;
    const kept = messages.slice(start, start + size);
    const gap = !known || (forgotten !== undefined && compareIds(forgotten, after) > 0);
    if (gap && kept.length === 0) return { messages: [{ id: last, data: undefined, gap: true }], complete: true };
    return {
      messages: kept.map((message, index) => asMessage(message, gap && index === 0)),
      complete: start + size >= messages.length,
    };
  }

  #channel(name: string): Channel {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = this.#newChannel(name);
      this.#channels.set(name, channel);
    }
    return channel;
  }

  #newChannel(name: string): Channel {
    const subscribers = new Set<MessageQueue>();
    const channel: Channel = {
      messages: [],
      first: undefined,
      forgotten: undefined,
      last: ZERO_ID,
      subscribers,
      read: (queue, after = channel.last) => queue.supply(this.#page(channel, after, queue.pageSize)),
      onEnd: (queue) => {
        subscribers.delete(queue);
        // Nobody ever published: nothing is lost with it. Compared, as `close` may have made room for a new one.
        const unused = subscribers.size === 0 && channel.first === undefined;
        if (unused && this.#channels.get(name) === channel) this.#channels.delete(name);
      },
    };
    return channel;
  }

  #trim(channel: Channel, now: number, keep = this.#maxMessages): void {
    const { messages } = channel;
    let drop = Math.max(0, messages.length - Math.min(keep, this.#maxMessages));
    while (drop < messages.length && (messages[drop]?.time ?? now) < now - this.#maxAgeMs) drop += 1;
    if (drop === 0) return;
    channel.forgotten = messages[drop - 1]?.id;
    channel.messages = messages.slice(drop);
  }

  /** Without this a name used once (a channel an order) would be kept for ever. */
  #forgetOldChannels(): void {
    const now = Date.now();
    // A Map keeps its order: only the oldest few are looked at, at each publish, so no publish is slow.
    let looked = 0;
    for (const [name, channel] of this.#channels) {
      if (++looked > 4) return;
      this.#trim(channel, now);
      this.#channels.delete(name);
      if (channel.subscribers.size > 0 || channel.messages.length > 0) this.#channels.set(name, channel);
    }
  }
}

/** As it was published: without what is kept with it. */
function asMessage({ id, data, except }: ChannelMessage, gap: boolean): ChannelMessage {
  return { id, data, ...(except !== undefined && { except }), ...(gap && { gap }) };
}

/**
 * Whether an id tells what was missed. One that this channel never gave does not: nonsense, another stream's, or one
 * from before the process or the channel began anew. `0-0` asks for all there is.
 */
function isKnown({ first, last }: Channel, id: string): boolean {
  if (!isId(id)) return false;
  if (compareIds(id, ZERO_ID) === 0) return true;
  return first !== undefined && compareIds(id, first) >= 0 && compareIds(id, last) <= 0;
}

/** How many of the messages, which are in order, come up to an id. */
function countUpTo(messages: readonly ChannelMessage[], id: string): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const message = messages[middle];
    if (message !== undefined && compareIds(message.id, id) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
