import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { redis, redisChannels } from '#src/channels/redis/redis.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

/** Waits until `/_readyz` says so. It never gives up: the runner's own time-out does. */
async function untilReadiness(served: Served, status: number, failed: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${served.url}/_readyz`);
    const text = await answer.text();
    if (answer.status === status) {
      assert.equal(text, status === 200 ? 'ok' : `{"status":"unready","failed":${failed}}`);
      return;
    }
    await wait(20);
  }
}

describe('/_readyz of an application on Redis', { skip: withoutRedis }, () => {
  const limits = { publishTimeoutMs: 300, timeoutMs: 300 };
  const both = '["channels","store"]';

  it('is 503 while Redis is gone, and says why in the log', async () => {
    await using server = await startRedis();
    const served = await serve({ controllers: [], ...redis({ url: server.url, ...limits }) });
    try {
      await untilReadiness(served, 200, '');
      await server.kill();
      await untilReadiness(served, 503, both);
      assert.match(JSON.stringify(served.lines.find(({ msg }) => msg === 'not ready')), /Redis cannot be reached/);
      await server.start();
      await untilReadiness(served, 200, '');
    } finally {
      await served.close();
    }
  });

  it('is 503 while Redis is there and does not answer', async () => {
    await using server = await startRedis();
    const served = await serve({ controllers: [], ...redis({ url: server.url, ...limits }) });
    try {
      await untilReadiness(served, 200, '');
      server.pause();
      await untilReadiness(served, 503, both);
      server.resume();
      await untilReadiness(served, 200, '');
    } finally {
      server.resume();
      await served.close();
    }
  });

  it('is 200 again where the channels may do without Redis and have begun to', async () => {
    await using server = await startRedis();
    const channels = redisChannels({ url: server.url, whenUnavailable: 'degrade', ...limits });
    const served = await serve({ controllers: [], channels });
    try {
      await server.kill();
      await until(() => channels.state === 'degraded');
      await untilReadiness(served, 200, '');
      await server.start();
      await until(() => channels.state === 'ready');
      await untilReadiness(served, 200, '');
    } finally {
      await served.close();
    }
  });
});
