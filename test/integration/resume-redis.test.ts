import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { RedisStore } from '#src/channels/redis/redis-store.js';
import { startFixture } from '../fixtures/run-process.js';
import { type RedisServer, startRedis, withoutRedis } from '../redis-server.js';
import { until } from '../until.js';
import { Client, Stage } from './resume-stage.js';
import { testResume } from './resume-suite.js';

describe('a resumable WebSocket on Redis', { skip: withoutRedis }, () => {
  let redis: RedisServer;
  let made = 0;
  before(async () => {
    redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
  });
  after(() => redis[Symbol.asyncDispose]());

  /** Each instance has connections of its own, as on machines of their own. */
  const make = async (options: { maxMessages?: number } = {}) => {
    const shared = { url: redis.url, prefix: `stage${++made}`, ...options };
    const stage = new Stage(new RedisChannels(shared), new RedisStore(shared), () => ({
      channels: new RedisChannels(shared),
      store: new RedisStore(shared),
    }));
    await stage.channels.open();
    await stage.store.open();
    return stage;
  };

  testResume(make);

  it('is a new session where its instance has died after it had greeted and before `open` had joined', async () => {
    const stage = await make();
    const { url: living } = await stage.start();
    const dying = startFixture('hanging-open', [redis.url, `stage${made}`]);
    let port = await dying.port();
    const client = new Client(() => `ws://127.0.0.1:${port}/chat/half`);
    await client.tells('open');
    port = Number(new URL(living).port);
    dying.signal('SIGKILL');
    await until(() => client.told.some((what) => what === 'session-lost' || what === 'resumed'));
    assert.ok(client.told.includes('session-lost'), client.told.join());
    await client.connection.request({ type: 'say', text: 'x' });
    await until(() => client.messages.length === 1);
    assert.deepEqual(client.messages, [{ said: 'x' }]);
    client.connection.close();
    await stage.close();
  });

  it('leaves nothing of a session that has ended in good order but the ids of what it has handled', async () => {
    const stage = await make();
    await stage.start();
    const client = stage.client();
    await client.ready();
    const keys = async () => {
      const all = (await redis.say('KEYS', `*stage${made}*session*`)) as string[]; // as Redis documents it
      return all.filter((key) => !/session:[^:]+:(?:number|string):/.test(key));
    };
    assert.equal((await keys()).length, 2);
    client.connection.close();
    while ((await keys()).length > 0) await wait(5);
    await stage.close();
  });

  it('loses nothing that was sent while Redis was started anew', async () => {
    const stage = await make();
    await stage.start();
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
    await stage.close();
  });
});
