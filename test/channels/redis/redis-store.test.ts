import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RedisStore } from '#src/channels/redis/redis-store.js';
import { StartupError } from '#src/errors/startup-error.js';
import { freePort, type RedisServer, startRedis, withoutRedis } from '../../redis-server.js';
import { until } from '../../until.js';
import { testStore } from '../store-suite.js';
import { TcpProxy } from './tcp-proxy.js';

describe('RedisStore', { skip: withoutRedis }, () => {
  let server: RedisServer;
  let made = 0;
  before(async () => {
    server = await startRedis();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  testStore(async () => new RedisStore({ url: server.url, prefix: `suite${++made}` }));

  it('is one store for all instances', async () => {
    const [one, other] = [new RedisStore({ url: server.url }), new RedisStore({ url: server.url })];
    await Promise.all([one.open(), other.open()]);
    await one.set('a', 1);
    assert.equal(await other.increment('a'), 2);
    await Promise.all([one.close(), other.close()]);
  });

  it('does not start without Redis', async () => {
    const store = new RedisStore({ url: `redis://127.0.0.1:${await freePort()}` });
    await assert.rejects(store.open(), StartupError);
    assert.equal(store.state, 'unavailable');
  });

  it('leaves a connection on which nothing comes back any more', async () => {
    const proxy = new TcpProxy(server.port);
    const store = new RedisStore({ url: await proxy.listen(), timeoutMs: 200 });
    await store.open();
    proxy.stalls += 1;
    await assert.rejects(store.get('a'), { code: 'UNAVAILABLE' });
    await until(() => store.state === 'ready');
    assert.equal(await store.set('heard', 1), true);
    await store.close();
    proxy.close();
  });

  it('says so within its time when Redis pauses or is gone, and works again afterwards', async () => {
    await using own = await startRedis();
    const store = new RedisStore({ url: own.url, timeoutMs: 100 });
    await store.open();
    own.pause();
    await assert.rejects(store.get('a'), { code: 'UNAVAILABLE', status: 503 });
    own.resume();
    assert.equal(await store.set('a', 1), true);
    await own.kill();
    await until(() => store.state === 'unavailable');
    await assert.rejects(store.set('a', 2), { code: 'UNAVAILABLE' });
    await own.start();
    await until(() => store.state === 'ready');
    assert.equal(await store.get('a'), undefined);
    await store.close();
  });
});
