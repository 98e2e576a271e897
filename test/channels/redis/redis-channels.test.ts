import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { type RedisServer, startRedis, withoutRedis } from '../../redis-server.js';
import { testChannels } from '../channels-suite.js';

describe('RedisChannels', { skip: withoutRedis }, () => {
  let server: RedisServer;
  let made = 0;
  before(async () => {
    server = await startRedis();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  testChannels(async (options = {}) => {
    const channels = new RedisChannels({ url: server.url, prefix: `suite${++made}`, ...options });
    await channels.open();
    assert.equal(channels.state, 'ready');
    return channels;
  });
});
