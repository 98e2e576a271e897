import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { StartupError } from '#src/errors/startup-error.js';
import { rateLimit, type RateLimitOptions } from '#src/security/rate-limit.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { until } from '../until.js';
import { type Guarded, guarded, upgradeStatus } from './guarded.js';

const ask = async ({ url }: Guarded, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}/http`, { headers });
  await response.text();
  return response;
};
const statuses = async (app: Guarded, count: number, headers: Record<string, string> = {}) => {
  const all: number[] = [];
  while (all.length < count) all.push((await ask(app, headers)).status);
  return all;
};

describe('rateLimit()', () => {
  const withLimit = async (options: RateLimitOptions, run: (app: Guarded) => Promise<void>) => {
    const app = await guarded([rateLimit(options)]);
    try {
      await run(app);
    } finally {
      await app.close();
    }
  };

  it('lets so many in, says what is left, and answers the others 429', () =>
    withLimit({ limit: 2, windowMs: 60_000 }, async (app) => {
      const [first, second, third] = [await ask(app), await ask(app), await ask(app)];
      assert.deepEqual([first.status, second.status, third.status], [200, 200, 429]);
      assert.equal(first.headers.get('ratelimit-policy'), '"default";q=2;w=60');
      assert.equal(first.headers.get('ratelimit'), '"default";r=1;t=60');
      assert.match(third.headers.get('ratelimit') ?? '', /^"default";r=0;t=(?:60|59)$/);
      assert.match(third.headers.get('retry-after') ?? '', /^(?:60|59)$/);
      assert.equal(first.headers.get('retry-after'), null);
    }));

  it('counts event streams and WebSockets with the rest, each once', () =>
    withLimit({ limit: 3 }, async (app) => {
      assert.deepEqual(await app.statuses(), [200, 200, 101]);
      assert.deepEqual(await app.statuses(), [429, 429, 429]);
    }));

  it('begins anew when the window is over', () =>
    withLimit({ limit: 1, windowMs: 1000 }, async (app) => {
      assert.deepEqual(await statuses(app, 2), [200, 429]);
      while ((await ask(app)).status === 429);
    }));

  it('counts each value of a header for itself, and those without by their address', () =>
    withLimit({ limit: 1, key: { header: 'X-Api-Key' } }, async (app) => {
      assert.deepEqual(await statuses(app, 2, { 'X-Api-Key': 'a' }), [200, 429]);
      assert.deepEqual(await statuses(app, 2, { 'X-Api-Key': 'b' }), [200, 429]);
      assert.deepEqual(await statuses(app, 2), [200, 429]);
    }));

  it('counts nobody where a function says so', () =>
    withLimit({ limit: 1, key: ({ headers }) => headers['x-who']?.toString() }, async (app) => {
      assert.deepEqual(await statuses(app, 3), [200, 200, 200]);
      assert.deepEqual(await statuses(app, 2, { 'X-Who': 'a' }), [200, 429]);
    }));

  it('does not believe what a client says of its address', () =>
    withLimit({ limit: 1 }, async (app) => {
      assert.equal((await ask(app, { 'X-Forwarded-For': '203.0.113.1' })).status, 200);
      assert.equal((await ask(app, { 'X-Forwarded-For': '203.0.113.2', 'X-Real-IP': '203.0.113.3' })).status, 429);
    }));

  it('stands beside another limit, and both say what is left', async () => {
    const app = await guarded([
      rateLimit({ limit: 5, name: 'burst', windowMs: 1000 }),
      rateLimit({ limit: 9, name: 'day' }),
    ]);
    try {
      const { headers } = await ask(app);
      assert.equal(headers.get('ratelimit-policy'), '"burst";q=5;w=1, "day";q=9;w=60');
      assert.equal(headers.get('ratelimit'), '"burst";r=4;t=1, "day";r=8;t=60');
    } finally {
      await app.close();
    }
  });

  it('does not start with limits that are none', () => {
    for (const options of [
      { limit: 0 },
      { limit: 1.5 },
      { limit: 1, windowMs: 500 },
      { limit: 1, windowMs: 1500 },
      { limit: 1, name: 'a b' },
      // A timer cannot wait so long, and the count would be forgotten at once.
      { limit: 1, windowMs: 30 * 86_400_000 },
      { limit: 1, key: { header: '' } },
      JSON.parse('{"limit":1,"key":"user"}') as RateLimitOptions,
      JSON.parse('{"limit":1,"redis":"redis://localhost"}') as RateLimitOptions,
    ]) {
      assert.throws(() => rateLimit(options), StartupError, JSON.stringify(options));
    }
  });
});

describe('rateLimit() with Redis', { skip: withoutRedis }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis[Symbol.asyncDispose]());

  it('counts for all instances together, also where the client is to connect by itself', async () => {
    const clients = [1, 2].map(() => new Redis(redis.url, { lazyConnect: true }));
    const limits = clients.map((client) => rateLimit({ limit: 3, name: 'shared', redis: client }));
    const apps = await Promise.all(limits.map((limit) => guarded([limit])));
    try {
      const [first, second] = apps;
      assert.ok(first !== undefined && second !== undefined);
      // The first request of each waits for its connection: it counts with all others.
      const all = [...(await statuses(first, 2)), ...(await statuses(second, 2)), ...(await statuses(first, 1))];
      assert.deepEqual(all, [200, 200, 200, 429, 429]);
      assert.equal(await upgradeStatus(`${second.url}/socket`), 429);
      const [key] = (await clients[0]?.keys('yunction:rate:shared*')) ?? [];
      assert.equal(key, 'yunction:rate:shared:ip:127.0.0.1');
    } finally {
      await Promise.all(apps.map((app) => app.close()));
      for (const client of clients) client.disconnect();
    }
  });

  it('counts for itself while Redis hangs, and says so once', async () => {
    const client = new Redis(redis.url);
    await until(() => client.status === 'ready');
    const app = await guarded([rateLimit({ limit: 3, name: 'hangs', redis: client })]);
    try {
      assert.equal((await ask(app)).status, 200);
      redis.pause();
      assert.deepEqual(await statuses(app, 5), [200, 200, 200, 429, 429]);
      const warnings = app.lines.filter(({ level }) => level === 'warn');
      assert.deepEqual(
        warnings.map(({ msg }) => msg),
        ['Redis does not answer: each instance counts requests for itself'],
      );
    } finally {
      redis.resume();
      await app.close();
      client.disconnect();
    }
  });
});
