import type { Redis, RedisOptions } from 'ioredis';

import { Attempt } from './attempt.js';
import { type ClusterNode, clusterNodes } from './cluster-nodes.js';
import { ConnectionQueue } from './connection-queue.js';
import { isElsewhere, isReply, RedisUnreachable } from './redis-failure.js';
import { type RedisConnectionOptions, urlsOf } from './redis-options.js';

/** What a command is made of. */
export type Argument = string | number;

const LONGEST_PAUSE_MS = 1000;
/** Before a node is asked again that will not do for now. */
const ASK_AGAIN_MS = 50;
/** A cluster's nodes send one another's clients on; more hops than this are a circle. */
const MOST_HOPS = 5;

/** A connection as those see it who use it for commands, alone or with others. */
export type CommandLink = Pick<
  RedisLink,
  'client' | 'closed' | 'lastError' | 'downSince' | 'onUp' | 'connected' | 'use' | 'ping' | 'send' | 'drop' | 'close'
>;

/**
 * One connection to Redis that is made anew whenever it is lost. It queues nothing: a command is either on its way, and
 * then answered or lost with its connection, or it was never sent. So its sender can know which.
 */
export class RedisLink {
  /** Why the last attempt to connect has failed, or the connection was lost. */
  lastError: Error | undefined;
  /** Since when there is no connection, by `performance.now()`; `undefined`: there is one. */
  downSince: number | undefined = performance.now();
  readonly #urls: readonly (URL | undefined)[];
  readonly #options: RedisOptions;
  readonly #probeKey: string;
  readonly #prepare: ((client: Redis) => Promise<void>) | undefined;
  /** Of a cluster, as the last node that was there has told: those of the URL may be gone. */
  #nodes: readonly ClusterNode[] = [];
  #client: Redis | undefined;
  /** When it has answered last, by `performance.now()`. */
  #answered = 0;
  #closed = false;
  #running: Promise<void> | undefined;
  #stopWaiting: (() => void) | undefined;
  #attempt: Attempt | undefined;
  readonly #queue = new ConnectionQueue(() => this.#unreachable());
  readonly #onUp = new Set<(downMs: number) => void>();

  /**
   * @param key any key of those to be used: of a cluster, the node that holds it is looked for.
   * @param prepare what is to be done on each new connection before it is used.
   */
  constructor(options: RedisConnectionOptions, key: string, prepare?: (client: Redis) => Promise<void>) {
    this.#urls = urlsOf(options);
    this.#options = options.client ?? {};
    this.#probeKey = key;
    this.#prepare = prepare;
  }

  /** The connection, where there is one. */
  get client(): Redis | undefined {
    return this.#client?.status === 'ready' ? this.#client : undefined;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Called at each new connection, with the milliseconds for which there was none. */
  onUp(listener: (downMs: number) => void): void {
    this.#onUp.add(listener);
  }

  /** Begins to connect, and to keep connected. */
  start(): void {
    if (this.#closed) return;
    this.#running ??= this.#run();
  }

  /**
   * The connection, as soon as there is one.
   * @param failFast whether a first attempt that fails is enough to give up.
   * @throws RedisUnreachable (rejected) after that many milliseconds.
   */
  connected(withinMs: number, failFast = false): Promise<Redis> {
    const { client: present } = this;
    if (present !== undefined) return Promise.resolve(present);
    if (this.#closed) return Promise.reject(new RedisUnreachable('the connection to Redis was closed'));
    this.start();
    return this.#queue.next(withinMs, failFast);
  }

  /**
   * What `work` gives on the connection. It is begun again, on the next one, where Redis says that another node is to be
   * asked: then it has done nothing.
   * @param work is given the connection and the milliseconds that are left.
   * @throws RedisUnreachable (rejected) where there is no connection in time, and whatever `work` throws.
   */
  use<Result>(withinMs: number, work: (client: Redis, leftMs: number) => Promise<Result>): Promise<Result> {
    return useLink(this, withinMs, work);
  }

  /** Asks Redis for a sign of life. @throws RedisUnreachable (rejected) where none comes in time. */
  async ping(withinMs: number): Promise<void> {
    const { client } = this;
    if (client === undefined) throw this.#unreachable();
    await this.send(client, withinMs, 'PING');
  }

  /** One command on a connection of this link. @throws RedisUnreachable (rejected) when no answer comes in time. */
  async send(client: Redis, withinMs: number, command: string, ...args: Argument[]): Promise<unknown> {
    const sent = performance.now();
    const answer = client.call(command, ...args);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new RedisUnreachable(`Redis did not answer within ${withinMs} ms`));
        // A connection on which nothing at all comes back may be dead without a word, for as long as TCP takes to find
        // out: only a new one can tell.
        if (this.#answered < sent) this.drop(client);
      }, withinMs);
    });
    try {
      const got = await Promise.race([answer, late]);
      this.#answered = performance.now();
      return got;
    } catch (error) {
      if (isReply(error)) this.#answered = performance.now();
      if (isReply(error) || error instanceof RedisUnreachable) {
        // It still stands, and leads to a node that will not do. While a slot moves, both nodes do in part.
        if (isElsewhere(error) && !/\b(?:ASK|TRYAGAIN)\b/.test(error.message)) this.drop(client);
        throw error;
      }
      throw new RedisUnreachable('the connection to Redis was lost', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives a connection up that does not answer: another is made. */
  drop(client: Redis): void {
    // Any other is lost already, or was given up before.
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#attempt?.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.end();
    this.#stopWaiting?.();
    this.#attempt?.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    let hops = 0;
    let node: ClusterNode | undefined;
    while (!this.#closed) {
      const place = failures % (this.#urls.length + this.#nodes.length);
      const url = this.#urls[place] ?? this.#urls[0];
      node ??= this.#nodes[place - this.#urls.length];
      const attempt = (this.#attempt = new Attempt());
      try {
        const client = await attempt.connect({ ...this.#options, ...node }, url, this.#probeKey, this.#prepare);
        failures = hops = 0;
        void clusterNodes(client, attempt.host).then((nodes) => (this.#nodes = nodes ?? this.#nodes));
        await this.#serve(client, attempt);
        node = undefined;
      } catch (error) {
        this.lastError = error instanceof Error ? error : new Error(String(error));
        const moved = movedTo(this.lastError, attempt.host);
        if (moved !== undefined && ++hops <= MOST_HOPS) {
          node = moved;
          continue;
        }
        node = undefined;
        hops = 0;
        failures += 1;
        this.#queue.onFailure();
      }
      if (!this.#closed) await this.#pause(failures);
    }
  }

  /** Until it is lost. */
  async #serve(client: Redis, attempt: Attempt): Promise<void> {
    if (this.#closed) {
      client.disconnect();
      return;
    }
    const downMs = performance.now() - (this.downSince ?? performance.now());
    this.#client = client;
    this.downSince = undefined;
    this.#queue.give(client);
    for (const listener of this.#onUp) listener(downMs);
    await attempt.ended;
    this.#client = undefined;
    this.downSince = performance.now();
    this.lastError = attempt.error ?? new Error('the connection to Redis was lost');
  }

  /** Spread, so that the instances of an application do not all come back in the same moment. */
  async #pause(failures: number): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(failures, 10));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, (longest * (1 + Math.random())) / 2);
      this.#stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#stopWaiting = undefined;
  }

  #unreachable(): RedisUnreachable {
    const { lastError } = this;
    const why = lastError === undefined ? '' : `: ${lastError.message}`;
    return new RedisUnreachable(`Redis cannot be reached${why}`, { cause: lastError });
  }
}

/** What `use` does, of any link. */
export async function useLink<Result>(
  link: Pick<RedisLink, 'connected'>,
  withinMs: number,
  work: (client: Redis, leftMs: number) => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + withinMs;
  const left = () => Math.max(1, deadline - performance.now());
  for (;;) {
    const client = await link.connected(left());
    try {
      return await work(client, left());
    } catch (error) {
      if (!isElsewhere(error) || performance.now() >= deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** `MOVED 3999 127.0.0.1:6381`; without a host it is the one that said so (redis.io, cluster specification). */
function movedTo(error: Error, host: string): ClusterNode | undefined {
  const [, to = '', port = ''] = /^MOVED \d+ (.*):(\d+)$/.exec(error.message) ?? [];
  return port === '' ? undefined : { host: to === '' || to === '?' ? host : to, port: Number(port) };
}
