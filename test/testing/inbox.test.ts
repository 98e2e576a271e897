import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Inbox } from '#src/testing/inbox.js';

describe('Inbox', () => {
  it('gives items in order, to those who wait as to those who come later', async () => {
    const inbox = new Inbox<number>();
    const [first, second] = [inbox.take(1000, 'a'), inbox.take(1000, 'b')];
    for (const item of [1, 2, 3]) inbox.push(item);
    assert.deepEqual([await first, await second, await inbox.take(0, 'c')], [1, 2, 3]);
  });

  it('says what was waited for, and gives the next item to the next who asks', async () => {
    const inbox = new Inbox<number>();
    await assert.rejects(inbox.take(1, 'a parcel'), /^Error: waited 1 ms for a parcel$/);
    inbox.push(1);
    assert.equal(inbox.size, 1);
    assert.equal(await inbox.take(1, 'a parcel'), 1);
  });

  it('gives what is there after the end, then nothing', async () => {
    const inbox = new Inbox<number>();
    inbox.push(1);
    inbox.end();
    inbox.push(2);
    assert.deepEqual([await inbox.take(1, ''), await inbox.take(1, '')], [1, undefined]);
  });

  it('tells all who wait of the end, or of its error, and leaves no timer', async () => {
    const [ended, broken] = [new Inbox<number>(), new Inbox<number>()];
    const waiting = [ended.take(60_000, ''), ended.take(60_000, '')];
    const failing = broken.take(60_000, '');
    ended.end();
    broken.end(new Error('cut'));
    broken.end();
    assert.deepEqual(await Promise.all(waiting), [undefined, undefined]);
    await assert.rejects(failing, /cut/);
    await assert.rejects(broken.take(60_000, ''), /cut/);
    assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
  });
});
