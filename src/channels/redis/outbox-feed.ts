import { setTimeout as sleep } from 'node:timers/promises';

import { compareIds, ZERO_ID } from '../message-id.js';
import { Feed } from './feed.js';
import type { KeptStreams } from './kept-streams.js';
import type { StreamEntry } from './message-codec.js';
import type { CommandLink } from './redis-link.js';

/** Messages that are read at once. */
const AT_ONCE = 256;
const PAUSE_MS = 100;

/**
 * One outbox that somebody in this process reads. Nobody waits for its stream: it is given what is published here, and is
 * read on when it is said that there may be more.
 */
export class OutboxFeed extends Feed {
  readonly #link: CommandLink;
  readonly #kept: KeptStreams;
  /** There may be more than was read. */
  #stale = false;
  /** The connection was lost since it was read. */
  #cut = false;
  #reading = false;

  constructor(key: string, link: CommandLink, kept: KeptStreams) {
    super(key);
    this.#link = link;
    this.#kept = kept;
  }

  override begin(tail: string): void {
    super.begin(tail);
    // Told of something before it was known from where to read: the first page may have been read before that.
    if (this.#stale) this.readOn();
  }

  /** What was published here: it is next, unless it tells that something else came in between. */
  accept(entry: StreamEntry): void {
    const { cursor } = this;
    const previous = entry.previous === '' ? ZERO_ID : entry.previous;
    const isNext = cursor !== undefined && previous === cursor && compareIds(entry.id, cursor) > 0;
    if (isNext) this.deliver([entry]);
    else this.readOn();
  }

  /**
   * Reads what may be there.
   * @param cut whether the connection was lost: Redis may know less than it did.
   */
  readOn(cut = false): void {
    this.#stale = true;
    this.#cut ||= cut;
    const known = this.cursor !== undefined || cut;
    if (known && !this.#reading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#reading = true;
    while (this.#stale && this.queues.size > 0 && !this.#link.closed) {
      const cut = this.#cut;
      this.#stale = this.#cut = false;
      try {
        await this.#readPage(cut);
      } catch {
        this.#stale = true;
        this.#cut ||= cut;
        // The next connection makes every outbox be read; where there is one, this fails for another reason.
        if (this.#link.client === undefined) break;
        await sleep(PAUSE_MS, undefined, { ref: false });
      }
    }
    this.#reading = false;
  }

  async #readPage(cut: boolean): Promise<void> {
    const after = this.cursor;
    const [tail, entries] = await this.#kept.read(this.key, after ?? '', AT_ONCE);
    // Compared with where it was read from, as it may have been given more since.
    const lost = after !== undefined && compareIds(tail === '' ? ZERO_ID : tail, after) < 0;
    if (lost) this.resume(tail);
    else if (cut) this.resume(this.cursor ?? tail);
    this.deliver(entries.filter(({ id }) => this.cursor === undefined || compareIds(id, this.cursor) > 0));
    if (entries.length === AT_ONCE) this.#stale = true;
  }
}
