// The channels while Redis pauses, restarts, fills up, refuses or is not there: a message is there or its publisher has
// an error, and no subscriber misses one without being told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { ChannelMessage } from '#src/channels/channels.js';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import type { RedisChannelsOptions } from '#src/channels/redis/redis-options.js';
import { StartupError } from '#src/errors/startup-error.js';
import { freePort, startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { subscribed, take } from '../channels-suite.js';

const dataOf = (messages: readonly ChannelMessage[]) => messages.map(({ data }) => data);

async function opened(options: RedisChannelsOptions): Promise<RedisChannels> {
  const channels = new RedisChannels(options);
  await channels.open();
  return channels;
}

/** What the channel holds, read by another. */
async function kept(url: string, channel: string, count: number): Promise<unknown[]> {
  const channels = await opened({ url });
  try {
    return dataOf(await take(channels.subscribe(channel, { after: '0-0' }), count));
  } finally {
    await channels.close();
  }
}

/** Lies between a client and Redis, and can swallow what Redis answers. */
class Proxy {
  /** Cuts a client's connection at the first answer to a command that holds this text, in place of the answer. */
  cutAnswerTo: string | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(target: number) {
    this.#server = createServer((client) => {
      const redis = connect(target, '127.0.0.1');
      let armed = false;
      for (const socket of [client, redis]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.#sockets.delete(socket));
      }
      client.on('data', (data) => {
        if (this.cutAnswerTo !== undefined && data.includes(this.cutAnswerTo)) {
          armed = true;
          this.cutAnswerTo = undefined;
        }
        redis.write(data);
      });
      redis.on('data', (data) => {
        if (armed) client.destroy();
        else client.write(data);
      });
      client.on('close', () => redis.destroy());
      redis.on('close', () => client.destroy());
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `redis://127.0.0.1:${address.port}`;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}

describe('RedisChannels, when Redis does not do well', { skip: withoutRedis }, () => {
  it('publishes once where the answer is lost with the connection', async () => {
    await using server = await startRedis();
    const proxy = new Proxy(server.port);
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

  it('loses and doubles nothing for subscribers whose connection is cut again and again', async () => {
    await using server = await startRedis();
    const proxy = new Proxy(server.port);
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

  it('does not start without Redis, and says what to do', async () => {
    const url = `redis://:secret@127.0.0.1:${await freePort()}`;
    await assert.rejects(opened({ url }), (error) => {
      assert.ok(error instanceof StartupError);
      assert.match(error.message, /redisChannels: no Redis: .*ECONNREFUSED.* → start Redis/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  it('does not start with a wrong password, whatever it may do without Redis', async () => {
    await using server = await startRedis('--requirepass', 'right');
    for (const whenUnavailable of ['refuse', 'degrade'] as const) {
      for (const user of ['', ':wrong@', 'nobody:wrong@']) {
        const url = `redis://${user}127.0.0.1:${server.port}`;
        await assert.rejects(opened({ url, whenUnavailable }), (error) => {
          assert.ok(error instanceof StartupError);
          assert.match(error.message, /Redis refuses the user or the password/);
          return true;
        });
      }
    }
    const channels = await opened({ url: `redis://:right@127.0.0.1:${server.port}` });
    assert.equal(channels.state, 'ready');
    await channels.close();
  });

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

  it('no longer lists the members of an instance that has died', async () => {
    await using server = await startRedis();
    const proxy = new Proxy(server.port);
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
