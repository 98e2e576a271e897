import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ChannelMessage, Outbox } from '#src/channels/channels.js';
import { CatchUpQueue } from '#src/channels/catch-up-queue.js';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { type RedisServer, startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { take } from '../channels-suite.js';
import { dataOf, opened } from './opened-channels.js';
import { TcpProxy } from './tcp-proxy.js';

/** Subscribes to an outbox, from the moment on at which everything is sure to come. */
async function reading(outbox: Outbox, after = '0-0'): Promise<CatchUpQueue> {
  const messages = outbox.subscribe({ after, overflow: 'wait' });
  assert.ok(messages instanceof CatchUpQueue);
  await messages.started;
  return messages;
}

/** What came to a reader, in order. */
async function collect(messages: AsyncIterable<ChannelMessage>, into: ChannelMessage[]): Promise<void> {
  for await (const message of messages) into.push(message);
}

describe('RedisOutboxes', { skip: withoutRedis }, () => {
  let server: RedisServer;
  let made = 0;
  const open: RedisChannels[] = [];
  before(async () => {
    server = await startRedis();
  });
  after(async () => {
    await Promise.all(open.map((channels) => channels.close()));
    await server[Symbol.asyncDispose]();
  });

  async function instances(count: number): Promise<RedisChannels[]> {
    const prefix = `outboxes${++made}`;
    const all = await Promise.all(Array.from({ length: count }, () => opened({ url: server.url, prefix })));
    open.push(...all);
    return all;
  }

  it('name no stream of theirs in the command that waits, however many are read', async () => {
    const [channels] = (await instances(1)) as [RedisChannels];
    const client = new Redis(server.port);
    const monitor = await client.monitor();
    const reads: number[] = [];
    monitor.on('monitor', (_time: string, [command = '', ...args]: string[]) => {
      if (command.toLowerCase() === 'xread') reads.push((args.length - args.indexOf('STREAMS') - 1) / 2);
    });
    try {
      const outboxes = Array.from({ length: 500 }, (_, index) => channels.outbox(`s${index}`));
      const readers = await Promise.all(outboxes.map((outbox) => reading(outbox)));
      await Promise.all(outboxes.map((outbox, index) => outbox.publish(index)));
      for (const [index, reader] of readers.entries()) assert.deepEqual(dataOf(await take(reader, 1)), [index]);
      await channels.subscribe('a').return?.();
      await until(() => reads.length > 0);
      // The one that wakes it, and that of the notices.
      assert.ok(Math.max(...reads) <= 3, reads.join());
      for (const reader of readers) reader.leave();
      assert.equal(channels.size, 0);
    } finally {
      monitor.disconnect();
      client.disconnect();
    }
  });

  it('tell nobody of what is published by whoever has one', async () => {
    const [one, other] = (await instances(2)) as [RedisChannels, RedisChannels];
    const prefix = `{outboxes${made}}:`;
    const notices = async () => Number(await server.say('XLEN', `${prefix}notices`));
    const first = one.outbox('s');
    const reader = await reading(first);
    for (const data of [1, 2, 3]) await first.publish(data);
    assert.deepEqual(dataOf(await take(reader, 3)), [1, 2, 3]);
    assert.equal(await notices(), 0);

    const second = other.outbox('s');
    await second.take('mine');
    assert.equal(await notices(), 1);
    const successor = await reading(second, '0-0');
    await first.publish('late');
    assert.equal(await notices(), 2);
    for (const data of [4, 5]) await second.publish(data);
    assert.equal(await notices(), 2, 'a late message of another changes nothing');
    // Whoever has lost it may not hear of what the new one publishes; the new one hears of everything.
    assert.deepEqual(dataOf(await take(reader, 2)), ['mine', 'late']);
    assert.deepEqual(dataOf(await take(successor, 7)), [1, 2, 3, 'mine', 'late', 4, 5]);
    reader.leave();
    successor.leave();
  });

  it('lose, double and reorder nothing, whoever takes them over and publishes, while connections are cut', async () => {
    const prefix = `outboxes${++made}`;
    const proxies = [0, 1, 2].map(() => new TcpProxy(server.port));
    const shared = { prefix, publishTimeoutMs: 30_000, settleTimeoutMs: 30_000 };
    const all = await Promise.all(proxies.map(async (proxy) => opened({ url: await proxy.listen(), ...shared })));
    open.push(...all);
    /** What the client has got, of one reader after the other. */
    const got: ChannelMessage[] = [];
    const publishing: Promise<string>[] = [];
    const holders: Outbox[] = [];
    const left: CatchUpQueue[] = [];
    let reader: CatchUpQueue | undefined;
    for (let round = 0; round < 40; round += 1) {
      const outbox = all[round % all.length]?.outbox('s');
      assert.ok(outbox !== undefined);
      const taken = outbox.take(`take ${round}`);
      publishing.push(taken);
      // Whoever had it does not know yet, and handlers of connections that are long gone still send.
      for (const holder of holders.slice(-3)) publishing.push(holder.publish(`late ${round}`));
      if (round % 4 === 1) proxies[(round >> 2) % proxies.length]?.cut();
      await taken;
      if (reader !== undefined) left.push(reader);
      // The client is on another connection: what comes on the old one is nothing to it.
      const current = (reader = await reading(outbox, got.at(-1)?.id ?? '0-0'));
      const mine: ChannelMessage[] = [];
      void collect(current, mine);
      holders.push(outbox);
      for (let index = 0; index < 5; index += 1) {
        publishing.push(
          outbox.publish(`${round}.${index}`),
          ...(index % 2 === 0 ? [] : publishingLate(holders, round)),
        );
        if (round % 8 === 3 && index === 2) proxies[round % proxies.length]?.cut();
        await wait(round % 3);
      }
      if (round === 39) {
        await Promise.all(publishing);
        const client = await opened({ url: server.url, prefix });
        open.push(client);
        const kept = await take(client.outbox('s').subscribe({ after: '0-0' }), publishing.length);
        await until(() => mine.at(-1)?.id === kept.at(-1)?.id);
        got.push(...mine);
        const ids = got.map(({ id }) => id);
        assert.deepEqual(
          ids,
          kept.map(({ id }) => id),
        );
        assert.deepEqual(new Set(ids), new Set(await Promise.all(publishing)));
        assert.ok(got.every(({ gap }) => gap === undefined));
      } else got.push(...mine);
      left.shift()?.leave();
    }
    reader?.leave();
    for (const each of left) each.leave();
    await until(() => all.every(({ size }) => size === 0));
    await Promise.all(all.map((channels) => channels.close()));
    for (const proxy of proxies) proxy.close();
  });

  it('go on after a restart of Redis with what it has kept, and tell of a gap where it has kept nothing', async () => {
    for (const keeps of [true, false]) {
      await using own = await startRedis(...(keeps ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []));
      const shared = { url: own.url, publishTimeoutMs: 20_000, settleTimeoutMs: 20_000 };
      const [one, other] = [await opened(shared), await opened(shared)];
      try {
        const former = one.outbox('s');
        const outbox = other.outbox('s');
        await former.publish(0);
        await outbox.take(1);
        const reader = await reading(outbox);
        assert.deepEqual(dataOf(await take(reader, 2)), [0, 1]);
        await own.kill();
        const sent = [former.publish(2), outbox.publish(3)];
        await own.start();
        await Promise.all(sent);
        await outbox.publish('end');
        const came: ChannelMessage[] = [];
        while (came.at(-1)?.data !== 'end') came.push(...(await take(reader, 1)));
        if (keeps)
          assert.deepEqual(
            came.map(({ gap }) => gap),
            [undefined, undefined, undefined],
          );
        else assert.ok(came.some(({ gap }) => gap === true));
        // Of those that were on their way each is there once.
        const numbers = dataOf(came).filter((data) => typeof data === 'number');
        assert.deepEqual(numbers.toSorted(), [2, 3]);
        reader.leave();
      } finally {
        await Promise.all([one.close(), other.close()]);
      }
    }
  });

  it('do without Redis where they may: within the instance, and a gap is told when it is back', async () => {
    await using own = await startRedis();
    const channels = await opened({ url: own.url, whenUnavailable: 'degrade', publishTimeoutMs: 100 });
    try {
      const outbox = channels.outbox('s');
      const reader = await reading(outbox);
      await own.kill();
      await until(() => channels.state === 'degraded');
      await outbox.publish('here');
      assert.deepEqual(dataOf(await take(reader, 1)), ['here']);
      await own.start();
      await until(() => channels.state === 'ready');
      assert.equal((await take(reader, 1))[0]?.gap, true);
      await outbox.publish('kept');
      assert.deepEqual(dataOf(await take(reader, 1)), ['kept']);
      await outbox.forget();
      assert.equal(await own.say('EXISTS', '{yunction}:outbox:s'), 0);
    } finally {
      await channels.close();
    }
  });
});

/** Each of some earlier holders sends one message more. */
function publishingLate(holders: readonly Outbox[], round: number): Promise<string>[] {
  return holders.slice(-3, -1).map((holder) => holder.publish(`later ${round}`));
}
