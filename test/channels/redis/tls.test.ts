// Channels and store over `rediss://`: what all channels have in common, and what becomes of a wrong certificate.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import type { RedisChannelsOptions } from '#src/channels/redis/redis-options.js';
import { RedisStore } from '#src/channels/redis/redis-store.js';
import { StartupError } from '#src/errors/startup-error.js';
import { runText } from '../../fixtures/run-process.js';
import { type TlsRedisServer, startTlsRedis, withoutTlsRedis } from '../../tls-redis-server.js';
import { testChannels } from '../channels-suite.js';
import { testStore } from '../store-suite.js';

describe('Redis by TLS', { skip: withoutTlsRedis }, () => {
  let server: TlsRedisServer;
  let made = 0;
  const options = (): RedisChannelsOptions => ({
    url: server.url,
    client: { tls: { ca: server.ca } },
    prefix: `suite${++made}`,
  });
  before(async () => {
    server = await startTlsRedis();
  });
  after(() => server[Symbol.asyncDispose]());

  describe('carries channels', () => {
    testChannels(async (suiteOptions = {}) => {
      const channels = new RedisChannels({ ...options(), ...suiteOptions });
      await channels.open();
      return channels;
    });
  });

  describe('holds a store', () => {
    testStore(async () => new RedisStore(options()));
  });

  it('is known by the authorities of NODE_EXTRA_CA_CERTS too', async () => {
    const { code, stdout, stderr } = await runText(
      `import { redis } from 'yunction/redis';
      const { channels, store } = redis({ url: process.env.REDIS_URL });
      await Promise.all([channels.open(), store.open()]);
      console.log(channels.state, store.state);
      await Promise.all([channels.close(), store.close()]);`,
      { env: { REDIS_URL: server.url, NODE_EXTRA_CA_CERTS: server.caFile } },
    );
    assert.deepEqual([code, stdout.trim()], [0, 'ready ready'], stderr);
  });

  for (const whenUnavailable of ['refuse', 'degrade'] as const) {
    it(`stops the start with a certificate that it cannot trust, and says so (${whenUnavailable})`, async () => {
      const named = server.url.replace('127.0.0.1', 'localhost');
      for (const [url, tls] of [
        [server.url, {}],
        [named, { ca: server.ca }],
      ] as const) {
        const channels = new RedisChannels({ url, client: { tls }, whenUnavailable });
        await assert.rejects(channels.open(), (error) => {
          assert.ok(error instanceof StartupError);
          assert.match(
            error.message,
            /redisChannels: the certificate of Redis is not accepted: .* → .*client\.tls\.ca/,
          );
          return true;
        });
      }
    });
  }

  it('stops the start where Redis speaks nothing else', async () => {
    await assert.rejects(new RedisStore({ url: server.url.replace('rediss:', 'redis:') }).open(), (error) => {
      assert.ok(error instanceof StartupError);
      assert.match(error.message, /redisStore: no Redis/);
      return true;
    });
  });
});
