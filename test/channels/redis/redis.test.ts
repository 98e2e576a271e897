import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApplication } from '#src/application.js';
import { Channels } from '#src/channels/channels.js';
import { redis, redisChannels, redisStore } from '#src/channels/redis/redis.js';
import { Store } from '#src/channels/store.js';
import { StartupError } from '#src/errors/startup-error.js';
import { runText } from '../../fixtures/run-process.js';
import { freePort, startRedis, withoutRedis } from '../../redis-server.js';

const QUIET = { controllers: [], port: 0, host: '127.0.0.1', logLevel: 'fatal' } as const;

describe('redis()', { skip: withoutRedis }, () => {
  it('gives an application its channels and its store, opened when it listens and closed with it', async () => {
    await using server = await startRedis();
    const shared = redis({ url: server.url });
    const application = createApplication({ ...QUIET, ...shared }, {});
    assert.equal(application.resolve(Channels), shared.channels);
    assert.equal(application.resolve(Store), shared.store);
    assert.deepEqual([shared.channels.state, shared.store.state], ['unavailable', 'unavailable']);
    await application.listen();
    assert.deepEqual([shared.channels.state, shared.store.state], ['ready', 'ready']);
    await application.close();
    assert.deepEqual([shared.channels.state, shared.store.state], ['unavailable', 'unavailable']);
  });

  it('stops the start of an application where there is no Redis', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    for (const option of [{ channels: redisChannels({ url }) }, { store: redisStore({ url }) }]) {
      const application = createApplication({ ...QUIET, ...option }, {});
      await assert.rejects(application.listen(), StartupError);
      await application.close();
    }
  });

  it('leaves nothing behind that keeps the process alive', async () => {
    await using server = await startRedis();
    const { code, stdout, stderr } = await runText(
      `import { redis } from 'yunction/redis';
      const { channels, store } = redis({ url: process.env.REDIS_URL });
      await Promise.all([channels.open(), store.open()]);
      const messages = channels.subscribe('a');
      await channels.publish('a', 1);
      await messages.next();
      await Promise.all([channels.close(), store.close()]);
      console.log(process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP/.test(kind)).join());`,
      { env: { REDIS_URL: server.url } },
    );
    assert.deepEqual([code, stdout], [0, '\n'], stderr);
  });

  it('connects to nothing until it is used', () => {
    const { channels, store } = redis({ url: 'redis://127.0.0.1:1' });
    assert.deepEqual([channels.state, store.state], ['unavailable', 'unavailable']);
    assert.equal(process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length, 0);
  });
});
