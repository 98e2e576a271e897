import { setTimeout as sleep } from 'node:timers/promises';

import { HttpError } from '../../errors/http-error.js';
import type { PublishOptions } from '../channels.js';
import { isId } from '../message-id.js';
import { encodeData } from './message-codec.js';
import { isElsewhere, isReply, RedisUnreachable } from './redis-failure.js';
import type { CommandLink } from './redis-link.js';
import type { ChannelsSettings } from './redis-options.js';
import { Script } from './script.js';

/** A message that is there. */
export interface Published {
  readonly id: string;
  /** The id of the message before it; empty: there was none. `undefined`: it is not known. */
  readonly previous: string | undefined;
}

/** Of a message to an outbox: who publishes it, and where it is told to whoever else may have the outbox. */
export interface OutboxNotice {
  /** The stream of notices: each is the key of a stream. */
  readonly key: string;
  /** Of whoever publishes it alone. */
  readonly holder: string;
  /** `take`: he has the outbox from now on; `first`: where it is empty, nobody else can have it. */
  readonly as: 'take' | 'first' | '';
}

/** Notices that are kept for those who are cut off: whoever has missed more asks for everything. */
const KEPT_NOTICES = 10_000;
/** Longer than a clock is ever set back: ids of notices only grow. */
const NOTICES_MS = 86_400_000;

/**
 * Adds a message and notes under its token that it was added, both or neither. A token that was added before gives that
 * id again; one that was forbidden by SETTLE gives ''. Each message names the one before it, so that whoever reads can
 * tell what was trimmed in between. XADD is the first to write, as a script is refused for want of memory only there.
 *
 * With KEYS[3] it is an outbox's. Each entry names who has the outbox (`h`): the last to take it. What anybody else
 * publishes is told in KEYS[3], in the same moment. ARGV[9] is who publishes it, ARGV[10] as what.
 */
const PUBLISH = new Script(`
local done = redis.call('HGET', KEYS[2], ARGV[1])
if done then return { done } end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local previous = last and last[1] or ''
local entry = { ARGV[3], ARGV[4], 'p', previous }
local told = false
if KEYS[3] then
  local holder = ''
  if last then
    for index = 1, #last[2], 2 do
      if last[2][index] == 'h' then holder = last[2][index + 1] end
    end
  end
  told = holder ~= ARGV[9] and not (previous == '' and ARGV[10] == 'first')
  if ARGV[10] == 'take' or holder == '' then holder = ARGV[9] end
  entry[5], entry[6] = 'h', holder
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[5], ARGV[2], unpack(entry))
local oldest = tonumber(string.match(id, '^%d+')) - tonumber(ARGV[6])
if oldest > 0 then redis.pcall('XTRIM', KEYS[1], 'MINID', '~', string.format('%.0f', oldest)) end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('HSET', KEYS[2], ARGV[1], id)
for index = 11, #ARGV do redis.call('HDEL', KEYS[2], ARGV[index]) end
redis.call('PEXPIRE', KEYS[2], ARGV[8])
if told then
  local before = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ${KEPT_NOTICES}, '*', 'd', cjson.encode(KEYS[1]), 'p', before and before[1] or '')
  redis.call('PEXPIRE', KEYS[3], ${NOTICES_MS})
end
return { id, previous }
`);

/** What became of a token: the id; or '', and then it is forbidden from now on: what is still on its way is not added. */
const SETTLE = new Script(`
local done = redis.call('HGET', KEYS[1], ARGV[1])
if done then return done end
redis.call('HSET', KEYS[1], ARGV[1], '')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return ''
`);

/** A stream is kept longer than its messages have to be: its last id tells who comes back later what he missed. */
const LEAST_STREAM_MS = 3_600_000;
/** Tokens that are known to be done and forgotten with the next message. */
const FORGOTTEN_AT_ONCE = 64;
const SETTLE_ATTEMPT_MS = 2000;
const PAUSE_MS = 50;

/**
 * Publishes so that a message whose publisher gets an error is not there. An answer that was lost with its connection
 * leaves that open, so Redis is asked, and forbids in the same moment what it has not seen yet.
 */
export class Publisher {
  readonly #link: CommandLink;
  readonly #settings: ChannelsSettings;
  readonly #tokensKey: string;
  readonly #tokensMs: number;
  #count = 0;
  #forgettable: string[] = [];

  constructor(link: CommandLink, settings: ChannelsSettings, tokensKey: string) {
    this.#link = link;
    this.#settings = settings;
    this.#tokensKey = tokensKey;
    this.#tokensMs = settings.publishTimeoutMs + settings.settleTimeoutMs + 60_000;
  }

  /**
   * @param notice of an outbox alone.
   * @throws RangeError (rejected) for an id that does not grow; HttpError `UNAVAILABLE`: it is not there;
   * HttpError `PUBLISH_UNCERTAIN`: Redis did not come back to be asked.
   */
  async publish(
    key: string,
    message: unknown,
    { id, except, keep }: PublishOptions,
    notice?: OutboxNotice,
  ): Promise<Published> {
    if (id !== undefined && (!isId(id) || /^0+-0+$/.test(id))) {
      throw new RangeError(`the id ${id} is not of the form <number>-<number> above 0-0`);
    }
    const [field, value] = encodeData(message, except);
    const maxMessages = Math.min(keep ?? this.#settings.maxMessages, this.#settings.maxMessages);
    const deadline = performance.now() + this.#settings.publishTimeoutMs;
    for (;;) {
      const token = String(++this.#count);
      const published = await this.#attempt(key, token, [id ?? '*', field, value, maxMessages], deadline, notice);
      if (published !== undefined) return published;
      // Certainly not there: so it may be tried again, as long as there is time.
      if (performance.now() >= deadline) throw refused(new RedisUnreachable('Redis did not answer in time'));
      await sleep(PAUSE_MS);
    }
  }

  /**
   * `undefined`: it was sent, is not there and never will be.
   * @param entry its id or `*`, its field and value, and how many messages are kept.
   */
  async #attempt(
    key: string,
    token: string,
    entry: readonly (string | number)[],
    deadline: number,
    notice: OutboxNotice | undefined,
  ): Promise<Published | undefined> {
    const { maxAgeMs } = this.#settings;
    const client = await this.#connected(deadline);
    const forgotten = this.#forgettable.splice(0, FORGOTTEN_AT_ONCE);
    const keep = Math.max(maxAgeMs, LEAST_STREAM_MS);
    try {
      const answer = await PUBLISH.run(
        this.#link,
        client,
        Math.max(1, deadline - performance.now()),
        notice === undefined ? [key, this.#tokensKey] : [key, this.#tokensKey, notice.key],
        [token, ...entry, maxAgeMs, keep, this.#tokensMs, notice?.holder ?? '', notice?.as ?? '', ...forgotten],
      );
      this.#forgettable.push(token);
      const [added, previous] = answer as [string, string?];
      return added === '' ? undefined : { id: added, previous };
    } catch (error) {
      // Not there: to be tried again, where another node has to be asked.
      if (isElsewhere(error)) return undefined;
      if (isReply(error)) throw refusedByRedis(error, String(entry[0]));
      return await this.#settle(token, error);
    }
  }

  async #connected(deadline: number) {
    try {
      return await this.#link.connected(Math.max(1, deadline - performance.now()));
    } catch (error) {
      throw refused(error);
    }
  }

  /** Asks until there is an answer. */
  async #settle(token: string, cause: unknown): Promise<Published | undefined> {
    const until = performance.now() + this.#settings.settleTimeoutMs;
    let failure = cause;
    for (let left = this.#settings.settleTimeoutMs; left > 0; left = until - performance.now()) {
      const asked = performance.now();
      try {
        const answer = await this.#ask(token, left);
        return answer === '' ? undefined : { id: answer, previous: undefined };
      } catch (error) {
        failure = error;
      }
      // Not in a tight loop where it fails at once: Redis is full, or is loading.
      if (performance.now() - asked < PAUSE_MS) await sleep(PAUSE_MS);
    }
    const detail = 'it cannot be told whether the message was published';
    throw HttpError.of('PUBLISH_UNCERTAIN', detail, { cause: failure });
  }

  async #ask(token: string, left: number): Promise<string> {
    const client = await this.#link.connected(left);
    const within = Math.min(left, SETTLE_ATTEMPT_MS);
    try {
      const answer = await SETTLE.run(this.#link, client, within, [this.#tokensKey], [token, this.#tokensMs]);
      this.#forgettable.push(token);
      return String(answer);
    } catch (error) {
      // A connection on which nothing comes back may be dead without a word: only a new one can tell.
      if (!isReply(error)) this.#link.drop(client);
      throw error;
    }
  }
}

function refused(cause: unknown): HttpError {
  return HttpError.of('UNAVAILABLE', 'the message was not published: its channel is not available', { cause });
}

/** An answer that is an error: a script that fails at its first write has written nothing. */
function refusedByRedis(error: Error, id: string): Error {
  if (!/equal or smaller/.test(error.message)) return refused(error);
  return new RangeError(`the id ${id} is not above the channel’s last`, { cause: error });
}
