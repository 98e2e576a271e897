import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { SessionChannels } from '#src/server/session-channels.js';

function reading(channels: MemoryChannels) {
  const taken: string[] = [];
  const gaps: string[] = [];
  const failures: unknown[] = [];
  const corks: boolean[] = [];
  const joined = new SessionChannels(channels, {
    takeFrom: (channel, { data, gap }) => taken.push(`${channel} ${String(data)}${gap === true ? ' gap' : ''}`) > 0,
    setCorked: (corked) => void corks.push(corked),
    onGap: (channel) => void gaps.push(channel),
    drained: () => Promise.resolve(),
    onFailure: (error) => void failures.push(error),
    onLeaveFailure: (error) => void failures.push(error),
  });
  return { joined, taken, gaps, failures, corks };
}

describe('SessionChannels', () => {
  it('holds back what comes at once until all of it is taken', async () => {
    const channels = new MemoryChannels();
    const { joined, taken, corks } = reading(channels);
    await joined.join('a', undefined);
    void channels.publish('a', 1);
    void channels.publish('a', 2);
    await turn();
    assert.deepEqual(
      [taken, corks],
      [
        ['a 1', 'a 2'],
        [true, false],
      ],
    );
    joined.leaveAll();
  });

  it('goes on where an earlier connection was, and never before that had joined', async () => {
    const channels = new MemoryChannels();
    await channels.publish('a', 'before');
    const first = reading(channels);
    const from = await first.joined.join('a', undefined);
    assert.ok(from !== undefined);
    const seen = await channels.publish('a', 1);
    await channels.publish('a', 2);
    first.joined.leaveAll();
    for (const [position, expected] of [
      [undefined, ['a 1', 'a 2']],
      [seen, ['a 2']],
      ['0-0', ['a 1', 'a 2']],
      ['local-1', ['a 1', 'a 2']],
    ] as const) {
      const again = reading(channels);
      await again.joined.join('a', undefined, from, position);
      await turn();
      assert.deepEqual(again.taken, expected, position);
      again.joined.leaveAll();
    }
    assert.equal(channels.subscribers('a'), 0);
  });

  it('says that nobody knows what was missed where it is not known where it had joined', async () => {
    const channels = new MemoryChannels();
    const { joined, gaps } = reading(channels);
    await joined.join('a', undefined, { after: undefined });
    assert.deepEqual(gaps, ['a']);
    joined.leaveAll();
  });

  it('is a member as long as it has joined', async () => {
    const channels = new MemoryChannels();
    const { joined } = reading(channels);
    const from = await joined.join('a', { name: 'Ada' });
    assert.deepEqual(from?.member, { name: 'Ada' });
    assert.equal((await channels.members('a')).length, 1);
    joined.leave('a');
    await turn();
    assert.deepEqual(await channels.members('a'), []);
    assert.equal(joined.has('a'), false);
  });

  it('leaves nothing behind where it is left while it joins', async () => {
    const channels = new MemoryChannels();
    const { joined } = reading(channels);
    const joining = joined.join('a', 'member');
    joined.leave('a');
    assert.equal(await joining, undefined);
    await turn();
    assert.deepEqual([channels.subscribers('a'), await channels.members('a')], [0, []]);
  });
});
