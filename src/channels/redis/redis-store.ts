import type { Redis } from 'ioredis';

import { HttpError } from '../../errors/http-error.js';
import { checkIncrement, checkTtl, jsonOf } from '../store-values.js';
import { type IncrementOptions, type SetOptions, Store } from '../store.js';
import { openLink } from './open-link.js';
import { isReply } from './redis-failure.js';
import type { Argument, CommandLink } from './redis-link.js';
import { keyPrefix, type RedisStoreOptions, wholeNumber } from './redis-options.js';
import { Script } from './script.js';
import { commandLink } from './shared-link.js';

/** Adds, and sets the time to live of a value that was made by it. */
const INCREMENT = new Script(`
local fresh = redis.call('EXISTS', KEYS[1]) == 0
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if fresh and ARGV[2] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return sum
`);

/** A store that all instances share, in Redis: one command an operation. */
export class RedisStore extends Store {
  readonly #link: CommandLink;
  readonly #prefix: string;
  readonly #timeoutMs: number;

  /** @param link the connection, where it is shared. */
  constructor(options: RedisStoreOptions = {}, link: CommandLink = commandLink(options)) {
    super();
    this.#prefix = keyPrefix(options.prefix);
    this.#timeoutMs = wholeNumber('timeoutMs', options.timeoutMs ?? 2000, 1);
    this.#link = link;
  }

  override get state(): 'ready' | 'unavailable' {
    return this.#link.client === undefined ? 'unavailable' : 'ready';
  }

  override async health(): Promise<boolean> {
    await this.#link.ping(this.#timeoutMs);
    return true;
  }

  override open(): Promise<void> {
    return openLink(this.#link, 'redisStore', false);
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const json = await this.#send('GET', key);
    return typeof json === 'string' ? (JSON.parse(json) as Value) : undefined; // what was set is the caller's to know
  }

  async set(key: string, value: unknown, { ttlMs, ifAbsent = false }: SetOptions = {}): Promise<boolean> {
    checkTtl(ttlMs);
    const args: Argument[] = ttlMs === undefined ? [] : ['PX', ttlMs];
    if (ifAbsent) args.push('NX');
    return (await this.#send('SET', key, jsonOf(value), ...args)) === 'OK';
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#send('DEL', key)) === 1;
  }

  async increment(key: string, { by = 1, ttlMs }: IncrementOptions = {}): Promise<number> {
    checkTtl(ttlMs);
    checkIncrement(by);
    const keys = [this.#keyOf(key)];
    const sum = await this.#use(key, (client, left) =>
      INCREMENT.run(this.#link, client, left, keys, [by, ttlMs ?? '']),
    );
    return Number(sum);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #send(command: string, key: string, ...args: Argument[]): Promise<unknown> {
    return this.#use(key, (client, left) => this.#link.send(client, left, command, this.#keyOf(key), ...args));
  }

  async #use(key: string, work: (client: Redis, leftMs: number) => Promise<unknown>): Promise<unknown> {
    try {
      return await this.#link.use(this.#timeoutMs, work);
    } catch (error) {
      throw mended(error, key);
    }
  }

  #keyOf(key: string): string {
    return `${this.#prefix}store:${key}`;
  }
}

function mended(error: unknown, key: string): Error {
  if (isReply(error) && /not an integer|overflow|WRONGTYPE/.test(error.message)) {
    return new TypeError(`the value of ${key} is no whole number, or would not be`, { cause: error });
  }
  return HttpError.of('UNAVAILABLE', 'the store is not available', { cause: error });
}
