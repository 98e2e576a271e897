import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { opened } from './opened-channels.js';
import { TcpProxy } from './tcp-proxy.js';

describe('RedisMembers', { skip: withoutRedis }, () => {
  it('no longer lists the members of an instance that has died', async () => {
    await using server = await startRedis();
    const proxy = new TcpProxy(server.port);
    const dying = await opened({ url: await proxy.listen(), memberExpiryMs: 300 });
    const living = await opened({ url: server.url, memberExpiryMs: 300 });
    try {
      await dying.join('a', 'dies');
      await living.join('a', 'lives');
      assert.equal((await living.members('a')).length, 2);
      proxy.close(); // as it is to Redis when an instance is killed
      const names = async () => (await living.members('a')).map(({ data }) => data);
      while ((await names()).length === 2) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(await names(), ['lives']);
    } finally {
      await Promise.all([dying.close(), living.close()]);
      proxy.close();
    }
  });

  it('lists its members again after Redis has lost them', async () => {
    await using server = await startRedis();
    const channels = await opened({ url: server.url, memberExpiryMs: 300 });
    try {
      const membership = await channels.join('a', 'Ada');
      await server.kill();
      await server.start();
      await until(() => channels.state === 'ready');
      while ((await channels.members('a')).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(await channels.members('a'), [{ id: membership.id, data: 'Ada' }]);
    } finally {
      await channels.close();
    }
  });
});
