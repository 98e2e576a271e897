import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { isElsewhere, isReply, RedisUnreachable } from '#src/channels/redis/redis-failure.js';
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

describe('isElsewhere', () => {
  it('is an answer that another node is to be asked', { skip: withoutRedis }, async () => {
    await using master = await startRedis();
    await using replica = await startRedis('--replicaof', '127.0.0.1', `${master.port}`);
    await assert.rejects(replica.say('SET', 'a', '1'), isElsewhere);
    await assert.rejects(replica.say('EVAL', "return redis.call('SET', KEYS[1], 1)", '1', 'a'), isElsewhere);
    await using node = await startRedis('--cluster-enabled', 'yes');
    await assert.rejects(node.say('GET', 'a'), isElsewhere);
    await assert.rejects(master.say('XADD', 'no-fields'), (error) => isReply(error) && !isElsewhere(error));
  });

  it('is so too in the words of Redis 6.2 for a script', () => {
    const error = new Error('ERR Error running script (call to f_1): @user_script:1: -READONLY You can’t write');
    error.name = 'ReplyError';
    assert.ok(isElsewhere(error));
    error.message = 'ERR Error running script (call to f_1): @user_script:1: Script attempted to MOVED';
    assert.equal(isElsewhere(error), false);
  });
});
