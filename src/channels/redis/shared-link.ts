import type { Redis } from 'ioredis';

import { RedisUnreachable } from './redis-failure.js';
import { type Argument, type CommandLink, RedisLink, useLink } from './redis-link.js';
import { keyPrefix, type RedisConnectionOptions } from './redis-options.js';
import { loadScripts } from './script.js';

/** A connection for commands. */
export function commandLink(options: RedisConnectionOptions): RedisLink {
  return new RedisLink(options, `${keyPrefix(options.prefix)}probe`, loadScripts);
}

/** One connection for two: it ends with the second of them, in whichever order they are closed. */
export function sharedLink(options: RedisConnectionOptions): readonly [CommandLink, CommandLink] {
  const link = commandLink(options);
  let shares = 2;
  const release = async () => {
    shares -= 1;
    if (shares === 0) await link.close();
  };
  return [new LinkShare(link, release), new LinkShare(link, release)];
}

/** What one of those has that share a connection: to it, it is closed when it has closed it. */
class LinkShare implements CommandLink {
  readonly #link: RedisLink;
  readonly #release: () => Promise<void>;
  #closing: Promise<void> | undefined;
  /** Those who wait for a connection. */
  readonly #waiting = new Set<(reason: Error) => void>();

  constructor(link: RedisLink, release: () => Promise<void>) {
    this.#link = link;
    this.#release = release;
  }

  get client(): Redis | undefined {
    return this.closed ? undefined : this.#link.client;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  get lastError(): Error | undefined {
    return this.#link.lastError;
  }

  get downSince(): number | undefined {
    return this.#link.downSince;
  }

  onUp(listener: (downMs: number) => void): void {
    this.#link.onUp((downMs) => {
      if (!this.closed) listener(downMs);
    });
  }

  connected(withinMs: number, failFast = false): Promise<Redis> {
    if (this.closed) return Promise.reject(closedError());
    const { client } = this.#link;
    if (client !== undefined) return Promise.resolve(client);
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const connected = this.#link.connected(withinMs, failFast);
      void connected.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  use<Result>(withinMs: number, work: (client: Redis, leftMs: number) => Promise<Result>): Promise<Result> {
    return useLink(this, withinMs, work);
  }

  async ping(withinMs: number): Promise<void> {
    if (this.closed) throw closedError();
    await this.#link.ping(withinMs);
  }

  send(client: Redis, withinMs: number, command: string, ...args: Argument[]): Promise<unknown> {
    return this.#link.send(client, withinMs, command, ...args);
  }

  drop(client: Redis): void {
    this.#link.drop(client);
  }

  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    for (const reject of this.#waiting) reject(closedError());
    return (this.#closing = this.#release());
  }
}

function closedError(): RedisUnreachable {
  return new RedisUnreachable('the connection to Redis was closed');
}
