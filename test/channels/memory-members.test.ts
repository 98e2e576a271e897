import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryMembers } from '#src/channels/memory-members.js';

describe('MemoryMembers', () => {
  it('does not take away those who have come since, when somebody leaves twice or late', async () => {
    const members = new MemoryMembers();
    const first = members.join('a', 1);
    await first.leave();
    members.join('a', 2);
    await first.leave();
    assert.deepEqual(
      members.members('a').map(({ data }) => data),
      [2],
    );
    const third = members.join('b', 3);
    members.clear();
    members.join('b', 4);
    await third.leave();
    assert.deepEqual(
      members.members('b').map(({ data }) => data),
      [4],
    );
    assert.deepEqual(members.members('a'), []);
  });
});
