import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ChannelMessage } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { ChannelMemberships } from '#src/server/channel-memberships.js';

function joined(channels = new MemoryChannels()) {
  const delivered: unknown[] = [];
  const failures: unknown[] = [];
  const corks: boolean[] = [];
  const memberships = new ChannelMemberships(channels, {
    deliver: (data) => void delivered.push(data),
    setCorked: (corked) => void corks.push(corked),
    onFailure: (error) => void failures.push(error),
    onLeaveFailure: (error) => void failures.push(error),
  });
  return { channels, memberships, delivered, failures, corks };
}

describe('ChannelMemberships', () => {
  it('delivers once however often a channel is joined, and nothing after leaving', async () => {
    const { channels, memberships, delivered } = joined();
    await memberships.join('a');
    await memberships.join('a');
    await channels.publish('a', 1);
    await turn();
    const published = channels.publish('a', 'on its way when the channel is left');
    memberships.leave('a');
    await published;
    await channels.publish('a', 2);
    await turn();
    assert.deepEqual(delivered, [1]);
    await memberships.join('a');
    await channels.publish('a', 3);
    await turn();
    assert.deepEqual(delivered, [1, 3]);
  });

  it('holds back what comes at once until all of it is delivered, and one message not at all', async () => {
    const { channels, memberships, delivered, corks } = joined();
    await memberships.join('a');
    await channels.publish('a', 1);
    await turn();
    assert.deepEqual(corks, []);
    void channels.publish('a', 2);
    void channels.publish('a', 3);
    await turn();
    assert.deepEqual(delivered, [1, 2, 3]);
    assert.deepEqual(corks, [true, false]);
  });

  it('leaves all channels, so that nothing of it is left in them', async () => {
    const { channels, memberships, delivered } = joined();
    for (const name of ['a', 'b', 'c']) await memberships.join(name);
    memberships.leaveAll();
    memberships.leave('never joined');
    assert.equal(channels.size, 0);
    assert.deepEqual(delivered, []);
  });

  it('reports a subscription that breaks, instead of an unhandled rejection', async () => {
    class Broken extends MemoryChannels {
      override subscribe(): AsyncIterableIterator<ChannelMessage> {
        const failing = async function* (): AsyncGenerator<ChannelMessage> {
          yield { id: '1-0', data: 1 };
          throw new Error('the network is gone');
        };
        return failing();
      }
    }
    const { memberships, delivered, failures } = joined(new Broken());
    await memberships.join('a');
    await turn();
    assert.deepEqual(delivered, [1]);
    assert.match(String(failures[0]), /the network is gone/);
  });

  it('reports messages that were lost on the way', async () => {
    const { channels, memberships, failures } = joined(new MemoryChannels({ maxMessages: 2 }));
    await memberships.join('a');
    await Promise.all([1, 2, 3, 4, 5, 6].map((data) => channels.publish('a', data)));
    await turn();
    assert.match(String(failures[0]), /lost/);
  });
});
