import { type ChannelMessage, Channels, type PublishOptions, type SubscribeOptions } from './channels.js';
import { MessageQueue } from './message-queue.js';
import { markShared } from './shared-encoding.js';

export interface MemoryChannelsOptions {
  /** Messages kept of a channel for those who come back. Default 10,000. */
  maxMessages?: number;
  /** Milliseconds a message is kept. Default 10 minutes. */
  maxAgeMs?: number;
}

interface Channel {
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

/** Below every id. */
const ZERO = '0-0';

/** Channels within one process: what is published here reaches only what runs here. */
export class MemoryChannels extends Channels {
  readonly #channels = new Map<string, Channel>();
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
    channel.messages.push({ id, data, time: now });
    this.#trim(channel, now);
    if (channel.subscribers.size === 0) return id;
    // One object for all, so that what is made of it for the first (its text, its frame) serves the others too.
    const message = { id, data };
    if (channel.subscribers.size > 1) markShared(message);
    for (const subscriber of channel.subscribers) subscriber.push(message);
    return id;
  }

  subscribe(name: string, options: SubscribeOptions = {}): AsyncIterableIterator<ChannelMessage> {
    const channel = this.#channel(name);
    const { signal, after } = options;
    // Without a signal, one function for all subscribers of the channel.
    const queue =
      signal === undefined
        ? new MessageQueue(this.#maxMessages, channel.onEnd)
        : queueUntil(signal, this.#maxMessages, channel.onEnd);
    if (after !== undefined) this.#replay(channel, after, queue);
    channel.subscribers.add(queue);
    this.#forgetOldChannels();
    if (signal?.aborted === true) queue.end();
    return queue;
  }

  async close(): Promise<void> {
    for (const channel of this.#channels.values()) for (const subscriber of channel.subscribers) subscriber.end();
    this.#channels.clear();
  }

  #replay(channel: Channel, after: string, queue: MessageQueue): void {
    this.#trim(channel, Date.now());
    const known = isKnown(channel, after);
    const kept = known ? channel.messages.filter(({ id }) => compareIds(id, after) > 0) : channel.messages;
    const gap = !known || (channel.forgotten !== undefined && compareIds(channel.forgotten, after) > 0);
    if (gap && kept.length === 0) queue.push({ id: channel.last, data: undefined, gap: true });
    kept.forEach(({ id, data }, index) => queue.push(gap && index === 0 ? { id, data, gap: true } : { id, data }));
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
      last: ZERO,
      subscribers,
      onEnd: (queue) => {
        subscribers.delete(queue);
        // Nobody ever published: nothing is lost with it. Compared, as `close` may have made room for a new one.
        const unused = subscribers.size === 0 && channel.first === undefined;
        if (unused && this.#channels.get(name) === channel) this.#channels.delete(name);
      },
    };
    return channel;
  }

  #trim(channel: Channel, now: number): void {
    const { messages } = channel;
    let drop = Math.max(0, messages.length - this.#maxMessages);
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

/** A queue that ends when a signal aborts. */
function queueUntil(signal: AbortSignal, bound: number, onEnd: (queue: MessageQueue) => void): MessageQueue {
  const leave = () => queue.end();
  const queue = new MessageQueue(bound, (ended) => {
    signal.removeEventListener('abort', leave);
    onEnd(ended);
  });
  signal.addEventListener('abort', leave, { once: true });
  return queue;
}

/**
 * Whether an id tells what was missed. One that this channel never gave does not: nonsense, another stream's, or one
 * from before the process or the channel began anew. `0-0` asks for all there is.
 */
function isKnown({ first, last }: Channel, id: string): boolean {
  if (!isId(id)) return false;
  if (compareIds(id, ZERO) === 0) return true;
  return first !== undefined && compareIds(id, first) >= 0 && compareIds(id, last) <= 0;
}

function isId(id: string): boolean {
  return /^\d{1,15}-\d{1,15}$/.test(id);
}

function compareIds(left: string, right: string): number {
  const [leftTime = 0, leftSequence = 0] = left.split('-').map(Number);
  const [rightTime = 0, rightSequence = 0] = right.split('-').map(Number);
  return leftTime - rightTime || leftSequence - rightSequence;
}

/** The clock's time, unless it was set back: ids only grow. */
function nextId(last: string, now: number): string {
  const [time = 0, sequence = 0] = last.split('-').map(Number);
  return now > time ? `${now}-0` : `${time}-${sequence + 1}`;
}
