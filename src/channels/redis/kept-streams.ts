import type { CatchUpQueue, KeptMessages } from '../catch-up-queue.js';
import { compareIds, isId, ZERO_ID } from '../message-id.js';
import { type Feed, supplyPage } from './feed.js';
import { decodeEntries } from './message-codec.js';
import type { CommandLink } from './redis-link.js';
import { Script } from './script.js';

/** The stream's last id (empty: there is no message) and, after an id, the messages that follow: of one moment. */
const READ = new Script(`
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local tail = last[1] and last[1][1] or ''
if ARGV[1] == '' then return { tail, {} } end
return { tail, redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2]) }
`);

const ANSWER_MS = 5000;
/** After this it is looked whether there is any use in waiting. */
const CONNECT_MS = 1000;
const PAUSE_MS = 100;

/** Reads what streams keep, for subscribers that are behind. */
export class KeptStreams {
  readonly #link: CommandLink;
  readonly #isDegraded: () => boolean;
  readonly #onBegun: (feed: Feed) => void;

  /** @param onBegun called when it is known from where a feed is to be read. */
  constructor(link: CommandLink, isDegraded: () => boolean, onBegun: (feed: Feed) => void) {
    this.#link = link;
    this.#isDegraded = isDegraded;
    this.#onBegun = onBegun;
  }

  /** The kept messages of one channel. */
  of(feed: Feed): KeptMessages {
    return { read: (queue, after) => void this.#answer(feed, queue, after) };
  }

  /** The last ids of streams. */
  async tails(keys: readonly string[]): Promise<string[]> {
    const answers = await Promise.all(keys.map((key) => this.read(key, '', 1)));
    return answers.map(([tail]) => tail);
  }

  /** However long it takes: a subscriber waits for Redis to come back. */
  async #answer(feed: Feed, queue: CatchUpQueue, after: string | undefined): Promise<void> {
    // A connection that was never there is waited for. One that is lost may have cost messages that came in between.
    let failed = this.#link.client === undefined && this.#link.lastError !== undefined;
    while (!queue.ended && !this.#link.closed) {
      if (this.#isDegraded()) {
        this.#giveUp(feed, queue, after);
        return;
      }
      try {
        await this.#supply(feed, queue, after, failed);
        return;
      } catch {
        // Redis is away, or full of something else: the next attempt is the only remedy.
        failed = true;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #supply(feed: Feed, queue: CatchUpQueue, after: string | undefined, failed: boolean): Promise<void> {
    const known = after === undefined || isId(after);
    const start = known ? (after ?? '') : ZERO_ID;
    let [tail, entries] = await this.read(feed.key, start, queue.pageSize);
    if (queue.ended) return;
    let lost = !known || (after === undefined && failed);
    const end = tail === '' ? ZERO_ID : tail;
    if (after !== undefined && known && compareIds(after, end) > 0) {
      // From the future, or from before Redis lost what it had: no id of this stream.
      lost = true;
      [tail, entries] = await this.read(feed.key, ZERO_ID, queue.pageSize);
      if (queue.ended) return;
    }
    if (feed.cursor === undefined) {
      feed.begin(tail);
      this.#onBegun(feed);
    }
    if (entries.length > 0) supplyPage(queue, start === '' ? ZERO_ID : start, entries, lost);
    else if (!lost) queue.supply({ messages: [], complete: true, cursor: tail === '' ? ZERO_ID : tail });
    else queue.supply({ messages: [{ id: tail === '' ? ZERO_ID : tail, data: undefined, gap: true }], complete: true });
  }

  /** Nothing can be had: what comes from here on is this instance's own. */
  #giveUp(feed: Feed, queue: CatchUpQueue, after: string | undefined): void {
    const marker = { id: 'local-0', data: undefined, gap: true } as const;
    if (after !== undefined) queue.pushAside(marker);
    queue.supply({ messages: [], complete: true, cursor: ZERO_ID });
    // Read from its end on as soon as there is a connection.
    feed.doubt();
    this.#onBegun(feed);
  }

  /** What a stream has after an id, and its last id, which is empty where there is none. Rejects where Redis is away. */
  async read(
    key: string,
    after: string,
    count: number,
  ): Promise<[tail: string, entries: ReturnType<typeof decodeEntries>]> {
    const client = await this.#link.connected(CONNECT_MS);
    const answer = await READ.run(this.#link, client, ANSWER_MS, [key], [after, count]);
    if (!Array.isArray(answer)) return ['', []];
    return [String(answer[0]), decodeEntries(answer[1])];
  }
}
