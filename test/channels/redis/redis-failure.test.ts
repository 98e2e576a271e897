import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { isReply, RedisUnreachable } from '#src/channels/redis/redis-failure.js';
import { startRedis, withoutRedis } from '../../redis-server.js';

describe('isReply', () => {
  it('is what Redis has answered', { skip: withoutRedis }, async () => {
    await using server = await startRedis();
    const client = new Redis(server.url);
    try {
      await assert.rejects(client.call('XADD', 'no-fields'), isReply);
    } finally {
      client.disconnect();
    }
  });

  it('is nothing that kept it from answering', () => {
    assert.equal(isReply(new RedisUnreachable('no answer')), false);
    assert.equal(isReply(new Error('read ECONNRESET')), false);
    assert.equal(isReply('ReplyError'), false);
  });
});
