import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { subscribed, take } from '../channels-suite.js';
import { dataOf, kept, opened } from './opened-channels.js';
import { TcpProxy } from './tcp-proxy.js';

describe('Publisher: a message is there, or its publisher has an error', { skip: withoutRedis }, () => {
  it('publishes once where the answer is lost with the connection', async () => {
    await using server = await startRedis();
    const proxy = new TcpProxy(server.port);
    const channels = await opened({ url: await proxy.listen() });
    try {
      const messages = await subscribed(channels, 'a');
      for (let index = 0; index < 5; index += 1) {
        proxy.cutAnswerTo = `message ${index}`;
        const id = await channels.publish('a', `message ${index}`);
        assert.equal(proxy.cutAnswerTo, undefined, 'it was cut');
        const [message] = await take(messages, 1);
        assert.deepEqual(message, { id, data: `message ${index}` });
      }
      await channels.publish('a', 'end');
      assert.deepEqual(dataOf(await take(messages, 1)), ['end']);
    } finally {
      await channels.close();
      proxy.close();
    }
  });

  it('gives a publisher an error, and nobody the message, where Redis pauses for longer than it may take', async () => {
    await using server = await startRedis();
    const channels = await opened({ url: server.url, publishTimeoutMs: 200 });
    try {
      const messages = await subscribed(channels, 'a');
      await channels.publish('a', 'before');
      server.pause();
      const paused = Array.from({ length: 20 }, (_, index) => channels.publish('a', index));
      const settled = Promise.allSettled(paused);
      // Beyond the time: so Redis is being asked what became of them when it wakes.
      await new Promise((resolve) => setTimeout(resolve, 600));
      server.resume();
      const outcomes = await settled;
      await channels.publish('a', 'after');
      const there = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      assert.deepEqual(dataOf(await take(messages, there.length + 2)), ['before', ...there, 'after']);
      assert.deepEqual(await kept(server.url, 'a', there.length + 2), ['before', ...there, 'after']);
    } finally {
      server.resume();
      await channels.close();
    }
  });

  it('gives the publisher an error when Redis is gone for good, within its time', async () => {
    await using server = await startRedis();
    const channels = await opened({ url: server.url, publishTimeoutMs: 150, settleTimeoutMs: 300 });
    try {
      await server.kill();
      await until(() => channels.state !== 'ready');
      await assert.rejects(channels.publish('a', 1), { code: 'UNAVAILABLE', status: 503 });
      assert.equal(channels.state, 'unavailable');
      await assert.rejects(channels.join('a', 1), { code: 'UNAVAILABLE' });
      await assert.rejects(channels.members('a'), { code: 'UNAVAILABLE' });
    } finally {
      await channels.close();
    }
  });

  it('says so where it cannot be told whether the message is there', async () => {
    await using server = await startRedis();
    const channels = await opened({ url: server.url, publishTimeoutMs: 100, settleTimeoutMs: 200 });
    try {
      server.pause();
      await assert.rejects(channels.publish('a', 1), { code: 'PUBLISH_UNCERTAIN', status: 504 });
    } finally {
      server.resume();
      await channels.close();
    }
  });

  it('gives the publisher an error when Redis is full, and the message is not there', async () => {
    await using server = await startRedis('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction');
    const channels = await opened({ url: server.url });
    const there: number[] = [];
    try {
      let full = false;
      for (let index = 0; index < 1000 && !full; index += 1) {
        try {
          await channels.publish('a', [index, 'x'.repeat(20_000)]);
          there.push(index);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'UNAVAILABLE');
          assert.match(String((error as Error).cause), /OOM/);
          full = true;
        }
      }
      assert.ok(full && there.length > 3);
      const messages = await take(channels.subscribe('a', { after: '0-0' }), there.length);
      assert.deepEqual(
        messages.map(({ data }) => (data as [number])[0]),
        there,
      );
    } finally {
      await channels.close();
    }
  });
});
