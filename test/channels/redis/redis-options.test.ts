import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { channelsSettings, keyPrefix, urlsOf, wholeNumber } from '#src/channels/redis/redis-options.js';
import { StartupError } from '#src/errors/startup-error.js';

describe('the options of yunction/redis', () => {
  it('have defaults', () => {
    assert.deepEqual(channelsSettings({}), {
      maxMessages: 10_000,
      maxAgeMs: 600_000,
      publishTimeoutMs: 2000,
      settleTimeoutMs: 15_000,
      memberExpiryMs: 30_000,
      degrades: false,
    });
    assert.equal(channelsSettings({ whenUnavailable: 'degrade' }).degrades, true);
    assert.deepEqual(urlsOf({}).map(String), ['redis://127.0.0.1:6379']);
  });

  it('stop the start where they cannot be, and never show a URL', () => {
    assert.throws(() => channelsSettings({ maxMessages: 0 }), StartupError);
    assert.throws(() => wholeNumber('timeoutMs', 1.5, 1), /timeoutMs: 1.5 is not allowed/);
    for (const url of ['', 'localhost:6379', 'http://:secret@localhost', 'redis://a, :secret@b']) {
      assert.throws(
        () => urlsOf({ url }),
        (error) => error instanceof StartupError && !error.message.includes('secret'),
      );
    }
  });

  it('name several nodes, or leave the place to the client’s own options', () => {
    assert.deepEqual(urlsOf({ url: 'redis://a:1, rediss://b' }).map(String), ['redis://a:1', 'rediss://b']);
    assert.deepEqual(urlsOf({ client: { host: 'a' } }), [undefined]);
  });

  it('put all keys of a prefix into one slot of a cluster', () => {
    assert.equal(keyPrefix(), '{yunction}:');
    assert.equal(keyPrefix('shop'), '{shop}:');
    assert.equal(keyPrefix('a}b{'), '{ab}:');
    assert.equal(keyPrefix('shop{eu}x'), 'shop{eu}x:');
    assert.throws(() => keyPrefix(''), StartupError);
  });
});
