// Channels and store on a cluster of three masters.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { RedisStore } from '#src/channels/redis/redis-store.js';
import { RedisCluster } from '../../redis-cluster.js';
import { withoutRedis } from '../../redis-server.js';
import { subscribed, take, testChannels } from '../channels-suite.js';
import { testStore } from '../store-suite.js';
import { dataOf } from './opened-channels.js';

describe('Redis as a cluster', { skip: withoutRedis }, () => {
  let cluster: RedisCluster;
  let made = 0;
  /** By any one of its nodes; the prefixes of many tests lie on all of them. */
  const options = () => ({ url: cluster.nodes[made++ % 3]?.url, prefix: `suite${made}` });
  before(async () => {
    cluster = await RedisCluster.start();
  });
  after(() => cluster[Symbol.asyncDispose]());

  describe('carries channels', () => {
    testChannels(async (suiteOptions = {}) => {
      const channels = new RedisChannels({ ...options(), ...suiteOptions });
      await channels.open();
      return channels;
    });
  });

  describe('holds a store', () => {
    testStore(async () => new RedisStore(options()));
  });

  it('is the same whichever node an instance was told of', async () => {
    const prefixes = ['one', 'two', 'three', 'four', 'five', 'six'];
    const holders = new Set<number>();
    for (const prefix of prefixes) {
      holders.add((await cluster.holdersOf(`{${prefix}}`))[0].port);
      const instances = cluster.nodes.map(({ url }) => new RedisChannels({ url, prefix }));
      try {
        await Promise.all(instances.map((each) => each.open()));
        const readers = await Promise.all(instances.map((each) => subscribed(each, 'a')));
        for (const [index, each] of instances.entries()) await each.publish('a', index);
        for (const reader of readers) assert.deepEqual(dataOf(await take(reader, 3)), [0, 1, 2]);
      } finally {
        await Promise.all(instances.map((each) => each.close()));
      }
    }
    assert.ok(holders.size > 1, 'spread over the nodes');
  });
});
