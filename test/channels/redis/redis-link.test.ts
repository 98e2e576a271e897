import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RedisUnreachable } from '#src/channels/redis/redis-failure.js';
import { RedisLink } from '#src/channels/redis/redis-link.js';
import { RedisCluster } from '../../redis-cluster.js';
import { freePort, startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';

describe('RedisLink', { skip: withoutRedis }, () => {
  it('connects anew when its connection is lost, and gives whoever waits the new one', async () => {
    await using server = await startRedis();
    const link = new RedisLink({ url: server.url }, 'probe');
    try {
      const first = await link.connected(5000);
      assert.equal(await link.send(first, 1000, 'SET', 'a', 1), 'OK');
      await server.kill();
      await until(() => link.client === undefined);
      const waiting = link.connected(10_000);
      await server.start();
      const second = await waiting;
      assert.notEqual(second, first);
      assert.equal(await link.send(second, 1000, 'GET', 'a'), null);
      await assert.rejects(link.send(first, 1000, 'GET', 'a'), RedisUnreachable);
    } finally {
      await link.close();
    }
    await assert.rejects(link.connected(1000), RedisUnreachable);
  });

  it('ends at once, also while it connects or waits to do so', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const link = new RedisLink({ url }, 'probe');
    const waiting = assert.rejects(link.connected(60_000), RedisUnreachable);
    await until(() => link.lastError !== undefined);
    await link.close();
    await waiting;
  });

  it('tries the next of several nodes', async () => {
    await using server = await startRedis();
    const link = new RedisLink({ url: `redis://127.0.0.1:${await freePort()},${server.url}` }, 'probe');
    await link.connected(10_000);
    await link.close();
  });

  it('finds the node of a cluster that has the keys, and begins again what was said to another', async () => {
    await using cluster = await RedisCluster.start({ masters: 2 });
    const [holder] = await cluster.holdersOf('{probe}');
    const other = cluster.nodes.find((node) => node !== holder);
    assert.ok(other !== undefined);
    const link = new RedisLink({ url: other.url }, '{probe}');
    try {
      assert.equal((await link.connected(5000)).options.port, holder.port);
      let times = 0;
      const set = link.use(5000, async (client, left) => {
        if (++times === 1) await cluster.moveSlot('{probe}', other);
        return link.send(client, left, 'SET', '{probe}', 1);
      });
      assert.equal(await set, 'OK');
      assert.ok(times > 1);
      assert.equal(await other.say('GET', '{probe}'), '1');
      await assert.rejects(
        link.use(5000, (client, left) => link.send(client, left, 'INCR', '{probe}', 'too many')),
        /wrong number/,
      );
    } finally {
      await link.close();
    }
  });

  it('gives up what no node takes in its time', async () => {
    await using master = await startRedis();
    const link = new RedisLink({ url: master.url }, 'probe');
    try {
      await link.connected(5000);
      const { port } = master;
      await master.say('REPLICAOF', '127.0.0.1', `${port}`);
      await assert.rejects(
        link.use(100, (client, left) => link.send(client, left, 'SET', 'a', 1)),
        /READONLY|reached/,
      );
    } finally {
      await link.close();
    }
  });
});
