// A master that sentinels watch dies while a feed is published and followed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { redis } from '#src/channels/redis/redis.js';
import { WatchedRedis } from '../../redis-sentinel.js';
import { freePort, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { take } from '../channels-suite.js';
import { dataOf } from './opened-channels.js';
import { followFeed } from './followed-feed.js';

describe('Redis with sentinels', { skip: withoutRedis }, () => {
  it('loses nothing that the new master has, also where a sentinel is gone and the old master comes back', async () => {
    await using watched = await WatchedRedis.start();
    const { client } = watched;
    const { channels, store } = redis({ client, prefix: 'beside', timeoutMs: 60_000, publishTimeoutMs: 60_000 });
    await Promise.all([channels.open(), store.open()]);
    try {
      await followFeed({ client }, async () => {
        await watched.sentinels[0]?.kill();
        const former = await watched.killMaster();
        await store.set('after', 1);
        await former.start();
      });
      assert.equal(await store.get('after'), 1);
    } finally {
      await Promise.all([channels.close(), store.close()]);
    }
  });

  it('stops the start at once where no sentinel can be asked, and says so', async () => {
    const sentinels = [{ host: '127.0.0.1', port: await freePort() }];
    const channels = new RedisChannels({ client: { sentinels, name: 'watched' } });
    await assert.rejects(channels.open(), /no Redis: All sentinels are unreachable/);
    await channels.close();
  });

  it('gives a publisher an answer or an error, never both', async () => {
    await using watched = await WatchedRedis.start();
    const { client } = watched;
    const channels = new RedisChannels({ client, publishTimeoutMs: 300, settleTimeoutMs: 30_000 });
    await channels.open();
    try {
      const published: Promise<boolean>[] = [];
      const publish = async (count: number) => {
        for (let index = 0; index < count; index += 1) {
          published.push(isPublished(channels, published.length));
          await wait(5);
        }
      };
      await publish(100);
      // Without waiting for those before: some are on their way when it dies, others come while there is no master.
      let over = false;
      const meanwhile = (async () => {
        while (!over) await publish(1);
      })();
      await watched.killMaster();
      over = true;
      await meanwhile;
      await until(() => channels.state === 'ready');
      await publish(100);
      const outcomes = await Promise.all(published);
      await channels.publish('feed', 'end');
      const kept: unknown[] = [];
      const messages = channels.subscribe('feed', { after: '0-0' });
      while (kept.at(-1) !== 'end') kept.push(...dataOf(await take(messages, 1)));
      kept.pop();
      assert.equal(new Set(kept).size, kept.length, 'kept once');
      for (const number of kept)
        assert.equal(outcomes[Number(number)], true, `${String(number)} is there, and was rejected`);
      assert.ok(outcomes.includes(false), 'some were rejected while there was no master');
      assert.deepEqual(new Set(outcomes.slice(-100)), new Set([true]));
    } finally {
      await channels.close();
    }
  });
});

/** There is no third: `PUBLISH_UNCERTAIN` is for a Redis that does not come back in time. */
async function isPublished(channels: RedisChannels, number: number): Promise<boolean> {
  try {
    await channels.publish('feed', number);
    return true;
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'UNAVAILABLE');
    return false;
  }
}
