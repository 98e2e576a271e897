import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { clusterNodes } from '#src/channels/redis/cluster-nodes.js';
import { RedisCluster } from '../../redis-cluster.js';
import { startRedis, withoutRedis } from '../../redis-server.js';

const connect = (port: number) => new Redis({ port, host: '127.0.0.1', protocol: 2, replyMapping: 'legacy' });

describe('clusterNodes', { skip: withoutRedis }, () => {
  it('are the nodes that have slots, as any of them tells', async () => {
    await using cluster = await RedisCluster.start();
    for (const node of cluster.nodes) {
      const client = connect(node.port);
      const ports = (await clusterNodes(client, '127.0.0.1'))?.map(({ host, port }) => `${host}:${port}`);
      const expected = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
      assert.deepEqual(ports?.sort(), expected.sort());
      client.disconnect();
    }
  });

  it('has the one that was asked under the host by which it was found, where it knows none of its own', async () => {
    await using node = await startRedis('--cluster-enabled', 'yes');
    await node.say('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    const client = connect(node.port);
    assert.deepEqual(await clusterNodes(client, 'redis.example'), [{ host: 'redis.example', port: node.port }]);
    client.disconnect();
  });

  it('are none where there is no cluster, and unknown where there is no answer', async () => {
    await using server = await startRedis();
    const client = connect(server.port);
    assert.deepEqual(await clusterNodes(client, '127.0.0.1'), []);
    client.disconnect();
    assert.equal(await clusterNodes(client, '127.0.0.1'), undefined);
  });
});
