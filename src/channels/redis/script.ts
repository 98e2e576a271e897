import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

import { isReply } from './redis-failure.js';
import type { Argument, CommandLink } from './redis-link.js';

/** Every script there is: few, and made when their modules are loaded. */
const ALL: Script[] = [];

/**
 * Makes the scripts known on a new connection. Otherwise the first call of each would be made twice, and what was sent
 * after it be done before it.
 */
export async function loadScripts(client: Redis): Promise<void> {
  await Promise.all(ALL.map((script) => client.call('SCRIPT', 'LOAD', script.text)));
}

/** A Lua script: carried out by Redis at once, with nothing in between. */
export class Script {
  readonly text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.text = text;
    this.#hash = createHash('sha1').update(text).digest('hex');
    ALL.push(this);
  }

  /** By its hash; its text is sent only where Redis has forgotten it (SCRIPT FLUSH). */
  async run(
    link: CommandLink,
    client: Redis,
    withinMs: number,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> {
    try {
      return await link.send(client, withinMs, 'EVALSHA', this.#hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await link.send(client, withinMs, 'EVAL', this.text, keys.length, ...keys, ...args);
    }
  }
}
