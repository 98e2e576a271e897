// The public names of `yunction/redis`, and nothing else: nothing inside imports this file.
export { redis, redisChannels, type RedisOptions, redisStore } from './redis.js';
export type { RedisChannels } from './redis-channels.js';
export type { RedisChannelsOptions, RedisConnectionOptions, RedisStoreOptions } from './redis-options.js';
export type { RedisStore } from './redis-store.js';
