import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

import { type Argument, isReply, type RedisLink } from './redis-link.js';

/** A Lua script: carried out by Redis at once, with nothing in between. */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash('sha1').update(text).digest('hex');
  }

  /** By its hash; its text is sent only where Redis does not know it. */
  async run(
    link: RedisLink,
    client: Redis,
    withinMs: number,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> {
    try {
      return await link.send(client, withinMs, 'EVALSHA', this.#hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await link.send(client, withinMs, 'EVAL', this.#text, keys.length, ...keys, ...args);
    }
  }
}
