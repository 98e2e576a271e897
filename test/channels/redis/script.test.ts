import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RedisLink } from '#src/channels/redis/redis-link.js';
import { loadScripts, Script } from '#src/channels/redis/script.js';
import { startRedis, withoutRedis } from '../../redis-server.js';

describe('Script', { skip: withoutRedis }, () => {
  it('runs whether Redis knows it or not, and in its place among the commands once it was loaded', async () => {
    await using server = await startRedis();
    const script = new Script(`return redis.call('INCRBY', KEYS[1], ARGV[1])`);
    const link = new RedisLink({ url: server.url }, 'probe', loadScripts);
    try {
      const client = await link.connected(5000);
      const [sum, after] = await Promise.all([
        script.run(link, client, 1000, ['a'], [5]),
        link.send(client, 1000, 'GET', 'a'),
      ]);
      assert.deepEqual([sum, after], [5, '5']);
      await link.send(client, 1000, 'SCRIPT', 'FLUSH');
      assert.equal(await script.run(link, client, 1000, ['a'], [2]), 7);
    } finally {
      await link.close();
    }
  });
});
