import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { createChannelTarget } from '#src/server/channel-target.js';
import { FakeWebSocketConnection } from '#src/testing/fake-web-socket-connection.js';

describe('createChannelTarget', () => {
  it('publishes to the channel, and says whom a message leaves out', async () => {
    const channels = new MemoryChannels();
    const messages = channels.subscribe('a');
    const target = createChannelTarget(channels, 'a');
    const connection = new FakeWebSocketConnection();
    await target.send('to all');
    await target.except(connection).except('other', 'third').send('to some');
    await target.send('to all again');
    const got = [];
    for (let count = 0; count < 3; count += 1) {
      const { data, except } = (await messages.next()).value ?? {};
      got.push([data, except]);
    }
    assert.deepEqual(got, [
      ['to all', undefined],
      ['to some', [connection.id, 'other', 'third']],
      ['to all again', undefined],
    ]);
  });
});
