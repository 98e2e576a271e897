import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { RedisUnreachable } from '#src/channels/redis/redis-failure.js';
import { RedisLink } from '#src/channels/redis/redis-link.js';
import { freePort, type RedisServer, startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { subscribed, take } from '../channels-suite.js';
import { dataOf, opened } from './opened-channels.js';

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

  it('finds the node of a cluster that has the keys', async () => {
    await using one = await startRedis('--cluster-enabled', 'yes');
    await using two = await startRedis('--cluster-enabled', 'yes');
    await formCluster(one, two);
    const channels = await Promise.all(
      [one, two].map((server) => opened({ url: `${server.url},${one.url},${two.url}`, publishTimeoutMs: 10_000 })),
    );
    const [left, right] = channels;
    assert.ok(left !== undefined && right !== undefined);
    try {
      const messages = await subscribed(right, 'a');
      await left.publish('a', 1);
      await right.publish('a', 2);
      assert.deepEqual(dataOf(await take(messages, 2)), [1, 2]);
      assert.deepEqual((await left.join('a', 'Ada')).data, 'Ada');
      assert.equal((await right.members('a')).length, 1);
    } finally {
      await Promise.all(channels.map((each) => each.close()));
    }
  });
});

/** Two nodes with half of the slots each. */
async function formCluster(one: RedisServer, two: RedisServer): Promise<void> {
  const clients = [one, two].map(({ port }) => new Redis(port, '127.0.0.1'));
  const [first, second] = clients;
  await first?.call('CLUSTER', 'ADDSLOTSRANGE', 0, 8191);
  await second?.call('CLUSTER', 'ADDSLOTSRANGE', 8192, 16_383);
  await first?.call('CLUSTER', 'MEET', '127.0.0.1', two.port);
  for (const client of clients) {
    while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    client.disconnect();
  }
}
