import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartupError } from '#src/errors/startup-error.js';
import { freePort, startRedis, withoutRedis } from '../../redis-server.js';
import { opened } from './opened-channels.js';

describe('openLink', { skip: withoutRedis }, () => {
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
});
