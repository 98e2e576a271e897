import type { RateLimiterRes } from 'rate-limiter-flexible';

import type { HttpContext } from '../context/http-context.js';
import type { MiddlewareFunction } from '../context/middleware.js';
import { HttpError } from '../errors/http-error.js';
import type { Logger } from '../telemetry/log.js';
import { boundedLimiter } from './bounded-limiter.js';
import { type CountingKey, countingKey } from './counting-key.js';
import { missingPackage } from './missing-package.js';
import { checkNames, checkWhole, optionMistake } from './option-mistake.js';

/** How long an answer waits for Redis before it is counted in this process instead. */
const REDIS_TIMEOUT_MS = 500;

/** How often a Redis that does not answer is written of. */
const WARN_EVERY_MS = 30_000;

/** For how long the process counts for itself then, before it asks again. */
const REDIS_PAUSE_MS = 5000;

/** A client of `ioredis`: `Redis` or `Cluster`. */
export interface RedisClient {
  readonly status: string;
  connect(): Promise<void>;
  once(event: 'ready', listener: () => void): unknown;
}

export interface RateLimitOptions {
  /** Requests that each may send in a window. */
  limit: number;
  /** The length of a window, which begins with its first request: milliseconds, in whole seconds, 24 days at most. Default 60,000. */
  windowMs?: number;
  /** Who is counted as one. Default `'ip'`. */
  key?: CountingKey;
  /** Tells limits apart, in the headers and in Redis: letters, digits, `-` and `_`. Default `default`. */
  name?: string;
  /** A client of `ioredis`, so that all instances count together. Default: each counts for itself, in memory. */
  redis?: RedisClient;
}

const NAMES: Readonly<Record<keyof RateLimitOptions, true>> = {
  limit: true,
  windowMs: true,
  key: true,
  name: true,
  redis: true,
};

/** The longest that a timer can wait: a count in memory that was to live longer would be forgotten at once. */
const MAX_WINDOW_MS = 2 ** 31 - 1;

/** Counts one request of a key. Rejects with a result where there were too many, with an Error where it cannot count. */
type Consume = (key: string) => Promise<RateLimiterRes>;

/**
 * Lets each client send so many requests in a window, by the package `rate-limiter-flexible`; the others are answered
 * 429 with `Retry-After`. Every answer says what is left, in the fields `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers-10). An event stream or a WebSocket counts once, when it is opened.
 *
 * When Redis does not answer within half a second, this process counts for itself until it does again: a limit that is
 * several times too high for a while is better than no answer.
 *
 * @throws StartupError for limits that are none.
 * @example
 * @Use(rateLimit({ limit: 5, windowMs: 60_000, name: 'login', redis: new Redis(url) }))
 * @Controller('/login')
 * class LoginController {}
 */
export function rateLimit(options: RateLimitOptions): MiddlewareFunction {
  checkNames('rateLimit()', options, NAMES);
  const { name = 'default', windowMs = 60_000, redis } = options;
  const limit = checkWhole('rateLimit() limit', options.limit, 1);
  if (checkWhole('rateLimit() windowMs', windowMs, 1000, MAX_WINDOW_MS) % 1000 !== 0) {
    throw optionMistake('rateLimit() windowMs', `it is ${windowMs}`, 'give whole seconds, such as 60_000');
  }
  if (!/^[\w-]+$/.test(name)) {
    throw optionMistake('rateLimit() name', `it is ${JSON.stringify(name)}`, 'use letters, digits, - and _');
  }
  if (redis !== undefined && typeof redis?.status !== 'string') {
    throw optionMistake('rateLimit() redis', 'it is no client', 'give one of ioredis: `new Redis(url)`');
  }
  const keyOf = countingKey(options.key ?? 'ip', 'rateLimit() key');
  const seconds = windowMs / 1000;
  const policy = `"${name}";q=${limit};w=${seconds}`;
  let limiter: Promise<Consume> | undefined;
  return async (context, next) => {
    const key = await keyOf(context);
    if (key === undefined) return next();
    limiter ??= openLimiter({ limit, seconds, keyPrefix: `yunction:rate:${name}`, redis }, context);
    const consume = await limiter;
    try {
      announce(context, name, policy, await consume(key));
    } catch (rejected) {
      if (rejected instanceof Error) throw rejected;
      const result = rejected as RateLimiterRes; // what the package rejects with beside errors
      announce(context, name, policy, result);
      const headers = { 'Retry-After': String(secondsOf(result)) };
      throw HttpError.tooManyRequests(`at most ${limit} requests in ${seconds} s`, { headers });
    }
    return next();
  };
}

function announce({ response }: HttpContext, name: string, policy: string, result: RateLimiterRes): void {
  response.appendHeader('RateLimit-Policy', policy);
  response.appendHeader('RateLimit', `"${name}";r=${result.remainingPoints};t=${secondsOf(result)}`);
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}

interface Limits {
  readonly limit: number;
  readonly seconds: number;
  readonly keyPrefix: string;
  readonly redis: RedisClient | undefined;
}

async function openLimiter({ limit, seconds, keyPrefix, redis }: Limits, { log }: HttpContext): Promise<Consume> {
  // Lazily: it costs about as much as the whole start of a small application.
  const library = await import('rate-limiter-flexible').catch((error: unknown) => {
    throw missingPackage('rate-limiter-flexible', 'rateLimit()', error);
  });
  const { RateLimiterMemory, RateLimiterRedis: Shared } = library;
  const settings = { points: limit, duration: seconds, keyPrefix };
  const local = boundedLimiter(new RateLimiterMemory(settings));
  if (redis === undefined) return local;
  // Whoever is beyond the limit is so without asking Redis again.
  const blocked = { inMemoryBlockOnConsumed: limit + 1, inMemoryBlockDuration: 0 };
  const shared = new Shared({ ...settings, ...blocked, storeClient: redis, rejectIfRedisNotReady: true });
  // Else an instance that has just begun would count for itself first.
  await untilReady(redis, log);
  let warned = Number.NEGATIVE_INFINITY;
  let askAgain = 0;
  return async (key) => {
    if (performance.now() < askAgain) return local(key);
    try {
      return await withinTime(shared.consume(key));
    } catch (rejected) {
      if (!(rejected instanceof Error)) throw rejected;
      askAgain = performance.now() + REDIS_PAUSE_MS;
      if (performance.now() - warned > WARN_EVERY_MS) {
        warned = performance.now();
        log.warn({ err: rejected }, 'Redis does not answer: each instance counts requests for itself');
      }
      return local(key);
    }
  };
}

/** Waits for a connection that is being made, as long as for an answer. One that is to be made at a command is begun. */
async function untilReady(redis: RedisClient, log: Logger): Promise<void> {
  if (redis.status === 'ready') return;
  const note = (error: unknown) => log.debug({ err: error }, 'no Redis yet');
  const ready = new Promise<void>((resolve) => redis.once('ready', resolve));
  if (redis.status === 'wait') redis.connect().catch(note);
  await withinTime(ready).catch(note);
}

async function withinTime<Value>(pending: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${REDIS_TIMEOUT_MS} ms`)), REDIS_TIMEOUT_MS);
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}
