import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redis, redisChannels, redisStore } from '#src/channels/redis/redis.js';
import { freePort, type RedisServer, startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { subscribed } from '../channels-suite.js';
import { TcpProxy } from './tcp-proxy.js';

/** How many connections of ours Redis has. */
async function connections(server: RedisServer): Promise<number> {
  const list = String(await server.say('CLIENT', 'LIST'));
  return list.split('\n').filter((line) => line.includes(' name=yunction ')).length;
}

async function untilConnections(server: RedisServer, count: number): Promise<void> {
  while ((await connections(server)) !== count) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a connection that channels and store share', { skip: withoutRedis }, () => {
  it('is one of two in a process, whose other one waits for messages', async () => {
    await using server = await startRedis();
    const { channels, store } = redis({ url: server.url });
    await Promise.all([channels.open(), store.open()]);
    await subscribed(channels, 'a');
    const outbox = channels.outbox('s').subscribe();
    await Promise.all([channels.publish('a', 1), channels.join('a', 1), store.set('b', 1), store.increment('c')]);
    await untilConnections(server, 2);
    await outbox.return?.();
    await Promise.all([channels.close(), store.close()]);
    await untilConnections(server, 0);
    // Each on its own has its own.
    const alone = [redisChannels({ url: server.url }), redisStore({ url: server.url })] as const;
    await Promise.all(alone.map((each) => each.open()));
    await subscribed(alone[0], 'a');
    await untilConnections(server, 3);
    await Promise.all(alone.map((each) => each.close()));
  });

  it('ends with the second of the two, and is to each of them what its own would be', async () => {
    await using server = await startRedis();
    for (const first of ['channels', 'store'] as const) {
      const { channels, store } = redis({ url: server.url });
      await Promise.all([channels.open(), store.open()]);
      if (first === 'store') {
        await Promise.all([store.close(), store.close()]);
        await assert.rejects(store.get('a'), { code: 'UNAVAILABLE' });
        await assert.rejects(store.health(), /closed/);
        assert.deepEqual([store.state, channels.state], ['unavailable', 'ready']);
        await channels.publish('a', 1);
        await channels.close();
      } else {
        await Promise.all([channels.close(), channels.close()]);
        await assert.rejects(channels.publish('a', 1), { code: 'UNAVAILABLE' });
        assert.deepEqual([store.state, channels.state], ['ready', 'unavailable']);
        assert.equal(await store.set('a', 1), true);
        await store.close();
      }
      await untilConnections(server, 0);
    }
  });

  it('ends the waiting of who closes it at once, and that of nobody else', async () => {
    await using server = await startRedis();
    const { channels, store } = redis({ url: server.url, timeoutMs: 60_000, publishTimeoutMs: 60_000 });
    await Promise.all([channels.open(), store.open()]);
    await server.kill();
    await until(() => store.state === 'unavailable');
    const waiting = assert.rejects(store.get('a'), { code: 'UNAVAILABLE' });
    const published = channels.publish('a', 1);
    await store.close();
    await waiting;
    await server.start();
    await published;
    await channels.close();
  });

  it('is made anew for both where nothing comes back on it', async () => {
    await using server = await startRedis();
    const proxy = new TcpProxy(server.port);
    const { channels, store } = redis({ url: await proxy.listen(), timeoutMs: 200 });
    await Promise.all([channels.open(), store.open()]);
    proxy.stalls += 1;
    await assert.rejects(store.get('a'), { code: 'UNAVAILABLE' });
    await until(() => store.state === 'ready' && channels.state === 'ready');
    await channels.publish('a', 1);
    await Promise.all([store.close(), channels.close()]);
    proxy.close();
  });

  it('that never stood is given up by both', async () => {
    const { channels, store } = redis({ url: `redis://127.0.0.1:${await freePort()}`, whenUnavailable: 'degrade' });
    await channels.open();
    await assert.rejects(store.open(), /no Redis/);
    await Promise.all([store.close(), channels.close()]);
    assert.deepEqual([channels.state, store.state], ['unavailable', 'unavailable']);
  });
});
