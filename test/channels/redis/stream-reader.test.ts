import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { subscribed, take } from '../channels-suite.js';
import { dataOf, opened } from './opened-channels.js';
import { TcpProxy } from './tcp-proxy.js';

describe('StreamReader: what Redis has kept reaches every subscriber, whatever happens to the connection', {
  skip: withoutRedis,
}, () => {
  it('loses and doubles nothing for subscribers whose connection is cut again and again', async () => {
    await using server = await startRedis();
    const proxy = new TcpProxy(server.port);
    const [reader, writer] = [await opened({ url: await proxy.listen() }), await opened({ url: server.url })];
    try {
      const messages = await subscribed(reader, 'a');
      for (let index = 0; index < 300; index += 1) {
        if (index % 50 === 25) proxy.cut();
        await writer.publish('a', index);
      }
      const taken = await take(messages, 300);
      assert.deepEqual(
        taken.map(({ data, gap }) => [data, gap]),
        Array.from({ length: 300 }, (_, index) => [index, undefined]),
      );
    } finally {
      await Promise.all([reader.close(), writer.close()]);
      proxy.close();
    }
  });

  it('goes on after a restart of Redis with what it has kept: nothing lost, nothing twice', async () => {
    await using server = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
    const channels = await opened({ url: server.url, publishTimeoutMs: 10_000 });
    try {
      const messages = await subscribed(channels, 'a', { maxQueued: 10_000 });
      const published: number[] = [];
      let publishing = true;
      const publisher = (async () => {
        for (let index = 0; publishing; index += 1) {
          await channels.publish('a', index);
          published.push(index);
        }
      })();
      await until(() => published.length > 50);
      await server.kill();
      await server.start();
      const before = published.length;
      await until(() => published.length > before + 50);
      publishing = false;
      await publisher;
      const taken = await take(messages, published.length);
      assert.deepEqual(dataOf(taken), published);
      assert.ok(taken.every(({ gap }) => gap === undefined));
    } finally {
      await channels.close();
    }
  });

  it('tells subscribers of a gap after a restart of Redis that has kept nothing', async () => {
    await using server = await startRedis();
    const channels = await opened({ url: server.url, publishTimeoutMs: 10_000 });
    try {
      const messages = await subscribed(channels, 'a');
      await channels.publish('a', 'seen');
      assert.deepEqual(dataOf(await take(messages, 1)), ['seen']);
      await server.kill();
      await server.start();
      await channels.publish('a', 'new');
      const [first] = await take(messages, 1);
      assert.equal(first?.gap, true);
      // Told of it before the message, or with it.
      const next = first.data === undefined ? (await take(messages, 1))[0] : first;
      assert.equal(next?.data, 'new');
    } finally {
      await channels.close();
    }
  });
});
