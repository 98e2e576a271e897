import type { RedisOptions as ClientOptions } from 'ioredis';

import { StartupError } from '../../errors/startup-error.js';

/** Where Redis is. */
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:6379/0`; `rediss://` for TLS. Of a cluster any node: the one that holds the keys is
   * found from there. Several with commas between: the next is tried where one cannot be reached.
   */
  url?: string | undefined;
  /** What ioredis is to be told beyond that: `sentinels`, `tls`, `username`, … It wins over the URL. */
  client?: ClientOptions | undefined;
  /**
   * What every key begins with. All keys of a prefix lie in one slot of a cluster, as one command reads many of them:
   * applications are spread over a cluster by prefixes of their own. Default `yunction`.
   */
  prefix?: string | undefined;
}

/** How channels on Redis keep, publish and fail. */
export interface RedisChannelsOptions extends RedisConnectionOptions {
  /** Messages kept of a channel, at least: Redis drops them by blocks of about a hundred. Default 10,000. */
  maxMessages?: number | undefined;
  /** Milliseconds that a message is kept, at least. Default 10 minutes. */
  maxAgeMs?: number | undefined;
  /** Milliseconds that a message has to get to Redis. Default 2,000. */
  publishTimeoutMs?: number | undefined;
  /**
   * Milliseconds beyond that for finding out what became of a message that was sent and not answered. Until then
   * `publish` is undecided rather than wrong. Default 15,000.
   */
  settleTimeoutMs?: number | undefined;
  /** Milliseconds after which the members of an instance that has died are no longer listed. Default 30,000. */
  memberExpiryMs?: number | undefined;
  /**
   * Without Redis: `refuse` the start and every publish, or `degrade` to channels within this instance until it is
   * back. Default `refuse`.
   */
  whenUnavailable?: 'refuse' | 'degrade' | undefined;
}

export interface RedisStoreOptions extends RedisConnectionOptions {
  /** Milliseconds that one operation may take. Default 2,000. */
  timeoutMs?: number | undefined;
}

/** Options of channels, checked and complete. */
export interface ChannelsSettings {
  readonly maxMessages: number;
  readonly maxAgeMs: number;
  readonly publishTimeoutMs: number;
  readonly settleTimeoutMs: number;
  readonly memberExpiryMs: number;
  readonly degrades: boolean;
}

/** @throws StartupError for a value that cannot be. */
export function channelsSettings(options: RedisChannelsOptions): ChannelsSettings {
  const { whenUnavailable = 'refuse' } = options;
  if (whenUnavailable !== 'refuse' && whenUnavailable !== 'degrade') {
    throw mistake('whenUnavailable', whenUnavailable, 'refuse or degrade');
  }
  return {
    maxMessages: wholeNumber('maxMessages', options.maxMessages ?? 10_000, 1),
    maxAgeMs: wholeNumber('maxAgeMs', options.maxAgeMs ?? 600_000, 1),
    publishTimeoutMs: wholeNumber('publishTimeoutMs', options.publishTimeoutMs ?? 2000, 1),
    settleTimeoutMs: wholeNumber('settleTimeoutMs', options.settleTimeoutMs ?? 15_000, 0),
    memberExpiryMs: wholeNumber('memberExpiryMs', options.memberExpiryMs ?? 30_000, 100),
    degrades: whenUnavailable === 'degrade',
  };
}

/** @throws StartupError unless it is a whole number of at least `least`. */
export function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw mistake(name, value, `a whole number, at least ${least}`);
}

/** One node to try after the other; no URL: what `client` says, else Redis on this machine. @throws StartupError */
export function urlsOf({ url, client }: RedisConnectionOptions): readonly (URL | undefined)[] {
  if (url === undefined && client !== undefined) return [undefined];
  return (url ?? 'redis://127.0.0.1:6379').split(',').map((part) => {
    const parsed = URL.canParse(part.trim()) ? new URL(part.trim()) : undefined;
    if (parsed?.protocol === 'redis:' || parsed?.protocol === 'rediss:') return parsed;
    // Not shown: it may hold a password.
    throw mistake('url', 'what was given', 'redis://host:port, or rediss:// for TLS');
  });
}

/**
 * What all keys begin with: a hash tag, so that they lie in one slot of a cluster
 * (redis.io, cluster specification: hash tags). A prefix with a tag of its own keeps it.
 */
export function keyPrefix(prefix = 'yunction'): string {
  if (prefix === '') throw mistake('prefix', prefix, 'a text that is not empty');
  return /\{[^}]+\}/.test(prefix) ? `${prefix}:` : `{${prefix.replace(/[{}]/g, '')}}:`;
}

function mistake(name: string, value: unknown, allowed: string): StartupError {
  const problem = `${name}: ${String(value)} is not allowed`;
  return new StartupError([{ where: 'yunction/redis', problem, remedy: `give ${allowed}` }]);
}
