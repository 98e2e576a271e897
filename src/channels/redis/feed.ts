import type { CatchUpQueue } from '../catch-up-queue.js';
import type { ChannelMessage } from '../channels.js';
import { compareIds, ZERO_ID } from '../message-id.js';
import type { MessageQueue } from '../message-queue.js';
import { markShared } from '../shared-encoding.js';
import { messageOf, type StreamEntry } from './message-codec.js';

/** One channel that somebody in this process subscribes to: how far it was read, and who gets what is read. */
export class Feed {
  readonly key: string;
  readonly queues = new Set<MessageQueue>();
  /** The id up to which the stream was read; `undefined`: not known yet, so it cannot be read on. */
  cursor: string | undefined;
  /** Something may have been lost that nobody can tell: subscribers are told so. */
  #lost = false;
  /** The connection was lost since the last message. */
  #interrupted = false;

  constructor(key: string) {
    this.key = key;
  }

  /** From the end of the stream, as it was told together with what the first subscriber is to be given. */
  begin(tail: string): void {
    this.cursor ??= tail === '' ? ZERO_ID : tail;
  }

  /**
   * After a connection was lost: `tail` is where the stream ends now. It goes on from where it was read up to, unless
   * Redis knows less than that: it was restored from an older state, or is empty.
   */
  resume(tail: string): void {
    const end = tail === '' ? ZERO_ID : tail;
    this.#interrupted = true;
    this.cursor ??= end;
    if (compareIds(end, this.cursor) < 0) {
      this.cursor = end;
      this.#lost = true;
    }
    if (!this.#lost) return;
    this.#lost = false;
    this.#push({ id: this.cursor, data: undefined, gap: true });
  }

  /** Others may have got messages that this stream never had. */
  doubt(): void {
    this.#lost = true;
  }

  deliver(entries: readonly StreamEntry[]): void {
    for (const entry of entries) this.#deliver(entry);
  }

  #deliver(entry: StreamEntry): void {
    const { id, previous } = entry;
    const cursor = this.cursor ?? ZERO_ID;
    // An empty `previous` is a stream that began anew: as long as the connection stood, nothing was in between.
    const missing = previous === '' ? this.#interrupted && cursor !== ZERO_ID : isAnother(previous, cursor);
    const message = messageOf(entry, missing || this.#lost);
    this.#lost = this.#interrupted = false;
    this.cursor = id;
    this.#push(message);
  }

  /** One object for all, so that what is made of it for the first serves the others too. */
  #push(message: ChannelMessage): void {
    if (this.queues.size > 1) markShared(message);
    for (const queue of this.queues) queue.push(message);
  }
}

/** The first page after an id, as the channel's kept messages say it. */
export function supplyPage(queue: CatchUpQueue, after: string, entries: readonly StreamEntry[], lost: boolean): void {
  const [first] = entries;
  // The first message names the one before it. One that is newer than what was seen was trimmed; where it is older, what
  // was seen has never been as far as Redis knows (a failover to a replica that had not heard of it), and what took its
  // place may be of lower ids. None before it: what was seen is of another time, unless all there is was asked for.
  const previous = first?.previous;
  const gap = lost || (previous === '' ? after !== ZERO_ID : isAnother(previous, after));
  queue.supply({
    messages: entries.map((entry, index) => messageOf(entry, gap && index === 0)),
    complete: entries.length < queue.pageSize,
  });
}

/** An entry that does not say what came before it is believed to follow. */
function isAnother(previous: string | undefined, id: string): boolean {
  return previous !== undefined && compareIds(previous, id) !== 0;
}
