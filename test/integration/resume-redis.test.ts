import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { RedisStore } from '#src/channels/redis/redis-store.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { until } from '../until.js';
import { done, Stage } from './resume-stage.js';

describe('a resumable WebSocket on Redis', { skip: withoutRedis }, () => {
  let redis: RedisServer;
  let stage: Stage<RedisChannels>;
  before(async () => {
    redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
    const { url } = redis;
    stage = new Stage(new RedisChannels({ url }), new RedisStore({ url }));
    await stage.channels.open();
    await stage.store.open();
    // Each instance has connections of its own, as on machines of their own.
    for (let count = 0; count < 2; count += 1) {
      await stage.start({ channels: new RedisChannels({ url }), store: new RedisStore({ url }) });
    }
  });
  after(async () => {
    await stage.close();
    await stage.channels.close();
    await stage.store.close();
    await redis[Symbol.asyncDispose]();
  });

  it('goes on on another instance with what it has missed, in order and once', async () => {
    stage.goTo(0);
    const [client, other] = [stage.client(), stage.client()];
    await client.opened();
    await other.opened();
    const texts = Array.from({ length: 30 }, (_, index) => String(index));
    for (const [index, text] of texts.entries()) {
      await other.connection.request({ type: 'say', text });
      if (index % 10 !== 4) continue;
      stage.goTo((index / 10) & 1 ? 0 : 1);
      client.cut();
    }
    await until(() => client.messages.length >= texts.length && other.messages.length >= texts.length);
    const said = texts.map((text) => ({ said: text }));
    assert.deepEqual(client.messages, said);
    assert.deepEqual(other.messages, said);
    assert.ok(!client.told.some((what) => /gap|lost/.test(what)), client.told.join());
    client.connection.close();
    other.connection.close();
  });

  it('answers a request once, though it was sent to two instances', async () => {
    stage.goTo(0);
    const client = stage.client();
    await client.opened();
    let open: (value?: unknown) => void = () => undefined;
    done.gate = new Promise((resolve) => (open = resolve));
    done.handled.length = 0;
    const answer = client.connection.request({ type: 'slow', n: 7 });
    await until(() => done.handled.length === 1);
    stage.goTo(1);
    client.cut();
    await client.tells('resumed');
    assert.deepEqual(await client.connection.request({ type: 'say', text: 'x' }), { heard: 'x' });
    open();
    assert.deepEqual(await answer, { n: 7 });
    assert.deepEqual(done.handled, [7]);
    client.connection.close();
  });

  it('leaves out the sender on every instance', async () => {
    stage.goTo(0);
    const client = stage.client('/chat/except');
    await client.opened();
    stage.goTo(1);
    const other = stage.client('/chat/except');
    await other.opened();
    await client.connection.request({ type: 'others', text: 'not for me' });
    await client.connection.request({ type: 'say', text: 'for all' });
    await until(() => client.messages.length === 1 && other.messages.length === 2);
    assert.deepEqual(client.messages, [{ said: 'for all' }]);
    assert.deepEqual(other.messages, [{ said: 'not for me' }, { said: 'for all' }]);
    client.connection.close();
    other.connection.close();
  });

  it('loses nothing that was sent while Redis was started anew', async () => {
    stage.goTo(0);
    const client = stage.client('/chat/restart');
    await client.opened();
    const messages = Array.from({ length: 5 }, (_, index) => ({ index }));
    await client.connection.request({ type: 'send', messages });
    await redis.kill();
    const later = client.connection.request({ type: 'slow', n: 8 }, { timeoutMs: 20_000 });
    later.catch(() => undefined); // it may be refused while Redis is away; what was sent may not be lost
    await redis.start();
    await later.catch(() => undefined);
    await client.connection.request({ type: 'send', messages: ['after'] });
    const texts = client.messages.filter((message) => !(message instanceof ArrayBuffer));
    assert.deepEqual(texts.slice(0, 5), messages);
    assert.ok(texts.includes('after'));
    client.connection.close();
  });
});
