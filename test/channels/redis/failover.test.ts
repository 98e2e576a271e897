// Another node takes over while a feed is published and followed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { RedisStore } from '#src/channels/redis/redis-store.js';
import { RedisCluster } from '../../redis-cluster.js';
import { startRedis, withoutRedis } from '../../redis-server.js';
import { followFeed } from './followed-feed.js';
import { TcpProxy } from './tcp-proxy.js';

describe('a failover', { skip: withoutRedis }, () => {
  it('of a cluster in good order loses and doubles nothing', async () => {
    await using cluster = await RedisCluster.start({ replicated: true });
    const store = new RedisStore({ url: cluster.url, timeoutMs: 20_000 });
    try {
      await store.set('before', 1);
      const lost = await followFeed({ url: cluster.url }, async () => {
        await cluster.failOver('{yunction}');
        // On a connection to what is a replica by now.
        assert.equal(await store.increment('before'), 2);
        assert.equal(await store.get('before'), 2);
      });
      assert.equal(lost, 0);
    } finally {
      await store.close();
    }
  });

  it('of a cluster whose master dies loses nothing that the replica has, also where one node alone was named', async () => {
    await using cluster = await RedisCluster.start({ replicated: true });
    const [master, replica] = await cluster.holdersOf('{yunction}');
    assert.ok(replica !== undefined);
    await followFeed({ url: master.url }, async () => {
      await master.kill();
      while (!String(await replica.say('ROLE')).startsWith('master')) await wait(20);
    });
  });

  it('is a move of the slot too, and loses and doubles nothing', async () => {
    await using cluster = await RedisCluster.start();
    const [master] = await cluster.holdersOf('{yunction}');
    const other = cluster.nodes.find((node) => node !== master);
    assert.ok(other !== undefined);
    assert.equal(await followFeed({ url: master.url }, () => cluster.moveSlot('{yunction}', other)), 0);
  });

  it('to a replica behind the same address loses nothing that the replica has', async () => {
    await using master = await startRedis();
    await using replica = await startRedis('--replicaof', '127.0.0.1', `${master.port}`);
    const proxy = new TcpProxy(master.port);
    try {
      const url = await proxy.listen();
      await followFeed({ url }, async () => {
        // First to what is a replica still: it refuses what is to be written.
        proxy.target = replica.port;
        await master.kill();
        await wait(100);
        await replica.say('REPLICAOF', 'NO', 'ONE');
      });
    } finally {
      proxy.close();
    }
  });
});
