import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

import type { Feed } from './feed.js';
import type { KeptStreams } from './kept-streams.js';
import { decodeEntries } from './message-codec.js';
import { RedisUnreachable } from './redis-failure.js';
import type { CommandLink, RedisLink } from './redis-link.js';

/** Milliseconds that Redis holds an answer back while there is nothing to say. */
const BLOCK_MS = 5000;
/** Beyond that the connection counts as dead: nothing else is ever sent on it. */
const GRACE_MS = 3000;
/** Messages of one stream in one answer. */
const AT_ONCE = 256;
/** Longer than Redis can hold an answer back. */
const WAKE_KEY_MS = 60_000;
const CONNECT_MS = 10_000;

/**
 * One blocking connection that reads all streams anybody in the process subscribes to (XREAD BLOCK). One more stream,
 * which only this process writes to, wakes it when there is another to read: a message to it cannot come too early, as
 * CLIENT UNBLOCK can, and needs no right beyond that to write.
 */
export class StreamReader {
  readonly #link: RedisLink;
  readonly #commands: CommandLink;
  readonly #kept: KeptStreams;
  readonly #wakeKey: string;
  readonly #feeds = new Map<string, Feed>();
  /** Keys that Redis was asked for in the answer that is waited for. */
  #asked: ReadonlySet<string> = new Set();
  #wakeId = '0-0';
  #waking = false;
  /** An answer is waited for. */
  #reading = false;
  #running: Promise<void> | undefined;
  #onWork: (() => void) | undefined;

  /** @param link of its own: an answer that Redis holds back holds back all that come after it. */
  constructor(link: RedisLink, commands: CommandLink, kept: KeptStreams, wakeKey: string) {
    this.#link = link;
    this.#commands = commands;
    this.#kept = kept;
    this.#wakeKey = wakeKey;
  }

  /** Reads a stream from its cursor on. */
  add(feed: Feed): void {
    this.#feeds.set(feed.key, feed);
    this.#running ??= this.#run();
    this.#onWork?.();
    if (!this.#waking && !this.#asked.has(feed.key)) void this.#wake();
  }

  /** It is still read until the next answer, in vain. */
  remove(feed: Feed): void {
    this.#feeds.delete(feed.key);
  }

  async close(): Promise<void> {
    this.#feeds.clear();
    const closed = this.#link.close();
    this.#onWork?.();
    await closed;
    await this.#running;
  }

  async #run(): Promise<void> {
    let known: Redis | undefined;
    while (!this.#link.closed) {
      if (this.#feeds.size === 0) {
        await new Promise<void>((resolve) => (this.#onWork = resolve));
        this.#onWork = undefined;
        continue;
      }
      try {
        const client = await this.#link.connected(CONNECT_MS);
        if (client !== known) await this.#resume();
        known = client;
        await this.#read(client);
      } catch (error) {
        // Nothing is lost by it: it goes on from where the streams were read up to. The link makes the next connection;
        // one that stands and yet fails (a key of another kind, a full server) must not be asked in a tight loop.
        if (this.#link.closed) return;
        known = undefined;
        if (!(error instanceof RedisUnreachable)) await sleep(200);
      } finally {
        this.#asked = new Set();
      }
    }
  }

  /** On a new connection: how the streams stand there. */
  async #resume(): Promise<void> {
    const feeds = [...this.#feeds.values()];
    const tails = await this.#kept.tails(feeds.map(({ key }) => key));
    for (const [index, feed] of feeds.entries()) feed.resume(tails[index] ?? '');
  }

  async #read(client: Redis): Promise<void> {
    const feeds = [...this.#feeds.values()].filter(({ cursor }) => cursor !== undefined);
    const keys = feeds.map(({ key }) => key);
    this.#asked = new Set(keys);
    const ids = feeds.map(({ cursor }) => cursor ?? '$');
    const answer = this.#link.send(
      client,
      BLOCK_MS + GRACE_MS,
      'XREAD',
      'COUNT',
      AT_ONCE,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      this.#wakeKey,
      ...keys,
      this.#wakeId,
      ...ids,
    );
    this.#reading = true;
    try {
      this.#deliver(await answer);
    } catch (error) {
      if (error instanceof RedisUnreachable) this.#link.drop(client);
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  /** `[[key, entries], …]`, or null where there was nothing in that time. */
  #deliver(reply: unknown): void {
    if (!Array.isArray(reply)) return;
    for (const [key, raw] of reply as [string, unknown][]) {
      const entries = decodeEntries(raw);
      if (key === this.#wakeKey) this.#wakeId = entries.at(-1)?.id ?? this.#wakeId;
      else this.#feeds.get(key)?.deliver(entries);
    }
  }

  /** Once for all that are added in one turn; again, until every stream is read. */
  async #wake(): Promise<void> {
    this.#waking = true;
    await Promise.resolve();
    while (!this.#link.closed && [...this.#feeds.keys()].some((key) => !this.#asked.has(key))) {
      if (this.#reading) await this.#sendWake();
      await sleep(20, undefined, { ref: false });
    }
    this.#waking = false;
  }

  async #sendWake(): Promise<void> {
    const { client } = this.#commands;
    if (client === undefined) return;
    const sent = await Promise.allSettled([
      this.#commands.send(client, BLOCK_MS, 'XADD', this.#wakeKey, 'MAXLEN', 1, '*', 'w', ''),
      this.#commands.send(client, BLOCK_MS, 'PEXPIRE', this.#wakeKey, WAKE_KEY_MS),
    ]);
    // Without it the reader asks anew by itself after BLOCK_MS: not sooner, but not never.
    if (sent.some(({ status }) => status === 'rejected')) await sleep(200, undefined, { ref: false });
  }
}
