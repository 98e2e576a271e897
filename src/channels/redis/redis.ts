import { RedisChannels } from './redis-channels.js';
import type { RedisChannelsOptions, RedisStoreOptions } from './redis-options.js';
import { RedisStore } from './redis-store.js';
import { sharedLink } from './shared-link.js';

/** All that channels and store take. */
export type RedisOptions = RedisChannelsOptions & RedisStoreOptions;

/**
 * Channels and store in Redis, as options of an application. They share their connection for commands.
 *
 * @throws StartupError for an option that cannot be.
 * @example
 * start({ controllers: [ChatController], ...redis({ url: process.env.REDIS_URL }) });
 */
export function redis(options: RedisOptions = {}): { channels: RedisChannels; store: RedisStore } {
  const [ofChannels, ofStore] = sharedLink(options);
  return { channels: new RedisChannels(options, ofChannels), store: new RedisStore(options, ofStore) };
}

/**
 * Channels on Redis Streams. They connect when the application starts, or at their first use.
 * @throws StartupError for an option that cannot be.
 * @example
 * start({ controllers: [ChatController], channels: redisChannels({ url: 'redis://127.0.0.1:6379' }) });
 */
export function redisChannels(options: RedisChannelsOptions = {}): RedisChannels {
  return new RedisChannels(options);
}

/**
 * A store in Redis. It connects when the application starts, or at its first use.
 * @throws StartupError for an option that cannot be.
 * @example
 * start({ controllers: [LoginController], store: redisStore({ url: 'rediss://user:password@redis.example:6380' }) });
 */
export function redisStore(options: RedisStoreOptions = {}): RedisStore {
  return new RedisStore(options);
}
