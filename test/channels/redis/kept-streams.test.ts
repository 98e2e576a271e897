import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { subscribed, take } from '../channels-suite.js';
import { dataOf, opened } from './opened-channels.js';

describe('KeptStreams, without Redis', { skip: withoutRedis }, () => {
  it('does without Redis where it may, and with it when it comes', async () => {
    await using server = await startRedis();
    await server.kill();
    const channels = await opened({ url: server.url, whenUnavailable: 'degrade', publishTimeoutMs: 100 });
    try {
      await until(() => channels.state === 'degraded');
      const late = channels.subscribe('a', { after: '1-1' });
      const messages = await subscribed(channels, 'a');
      const id = await channels.publish('a', 'here only');
      assert.deepEqual(dataOf(await take(messages, 1)), ['here only']);
      const [marker, next] = await take(late, 2);
      assert.deepEqual([marker?.gap, next?.data], [true, 'here only']);
      const ada = await channels.join('a', 'Ada');
      assert.deepEqual(dataOf((await channels.members('a')).map(({ data }) => ({ id: '', data }))), ['Ada']);

      await server.start();
      await until(() => channels.state === 'ready');
      // Other instances did without Redis too: what they said there nobody here has heard.
      assert.equal((await take(messages, 1))[0]?.gap, true);
      const other = await opened({ url: server.url });
      await other.publish('a', 'for all');
      const [message] = await take(messages, 1);
      assert.deepEqual([message?.data, message?.gap], ['for all', undefined]);
      const [resumed] = await take(channels.subscribe('a', { after: id }), 1);
      assert.deepEqual([resumed?.data, resumed?.gap], ['for all', true]);
      while ((await other.members('a')).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await ada.leave();
      assert.deepEqual(await other.members('a'), []);
      await other.close();
    } finally {
      await channels.close();
    }
  });
});
