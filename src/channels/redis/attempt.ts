import type { Redis, RedisOptions } from 'ioredis';

import { loadIoredis } from './load-ioredis.js';
import { isReply, RedisUnreachable } from './redis-failure.js';

/** Nothing came back in this time: the connection counts as dead. */
const CONNECT_MS = 5000;
/** One connection, from the attempt to its end. */
export class Attempt {
  /** What the connection has broken by. */
  error: Error | undefined;
  host = '';
  /** Resolves when it is over. */
  ended: Promise<void> = Promise.resolve();
  #client: Redis | undefined;
  #over = false;

  /** Gives it up, wherever it is. */
  end(): void {
    this.#over = true;
    this.#disconnect();
  }

  /** @throws whatever the connection has failed by; `MOVED …` where another node of a cluster has the key. */
  async connect(
    options: RedisOptions,
    url: URL | undefined,
    key: string,
    prepare?: (client: Redis) => Promise<void>,
  ): Promise<Redis> {
    const Client = await loadIoredis();
    if (this.#over) throw new RedisUnreachable('the connection to Redis was closed');
    const client = (this.#client = new Client(clientOptions(options, url)));
    this.host = client.options.host ?? '';
    client.on('error', (error) => (this.error ??= error));
    this.ended = new Promise((resolve) => client.once('end', resolve));
    const timer = setTimeout(() => {
      this.error ??= new RedisUnreachable(`no answer within ${CONNECT_MS} ms`);
      this.#disconnect();
    }, CONNECT_MS);
    try {
      await client.connect();
      // A write, as a replica would answer a read: of a key that never is.
      await client.call('DEL', key);
      await prepare?.(client);
      return client;
    } catch (error) {
      this.#disconnect();
      // What `connect` rejects with is only that the connection was closed.
      throw isReply(error) ? error : (this.error ?? error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Not one that has ended: ioredis would wait two seconds for its socket to close, and keep the process alive. */
  #disconnect(): void {
    const client = this.#client;
    if (client !== undefined && client.status !== 'close' && client.status !== 'end') client.disconnect();
  }
}

/** ioredis neither connects again by itself, nor keeps or repeats commands: the link and its users do, who know which. */
function clientOptions(options: RedisOptions, url: URL | undefined): RedisOptions & { replyMapping: 'legacy' } {
  return {
    ...(url === undefined ? {} : ofUrl(url)),
    connectTimeout: CONNECT_MS,
    connectionName: 'yunction',
    ...options,
    // The shape of replies is RESP2's; and older servers and proxies know no HELLO.
    protocol: 2,
    replyMapping: 'legacy',
    disableClientInfo: true,
    lazyConnect: true,
    retryStrategy: null,
    sentinelRetryStrategy: () => null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    noDelay: true,
  };
}

function ofUrl({ protocol, hostname, port, username, password, pathname }: URL): RedisOptions {
  const db = Number(pathname.slice(1));
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(Number.isSafeInteger(db) && db > 0 ? { db } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
