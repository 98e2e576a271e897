import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryStore } from '#src/channels/memory-store.js';
import { Session, type SessionRecord } from '#src/server/session.js';

const record = (): SessionRecord => ({ id: 'public', path: '/a', identity: '"ada"', sent: '0-0', channels: new Map() });
const owner = { path: '/a', identity: '"ada"' };

describe('Session', () => {
  it('is found by its secret with all that was written, channels of any name too', async () => {
    const store = new MemoryStore();
    const session = Session.create(store, 1000, record());
    session.record.channels.set('__proto__', { after: '1-0' }).set('b', { after: undefined, member: { name: 'Ada' } });
    session.record.sent = '5-0';
    await session.begin();
    const found = await Session.find(store, 1000, session.secret, owner);
    assert.equal(found?.record.sent, '5-0');
    assert.deepEqual(
      [...(found?.record.channels ?? [])],
      [
        ['__proto__', { after: '1-0' }],
        ['b', { member: { name: 'Ada' } }],
      ],
    );
    assert.equal(found?.outboxName, session.outboxName);
  });

  it('is found by nobody before it has begun', async () => {
    const store = new MemoryStore();
    const session = Session.create(store, 1000, record());
    session.record.channels.set('a', {});
    await session.save();
    assert.equal(await Session.find(store, 1000, session.secret, owner), undefined);
    await session.begin();
    assert.equal((await Session.find(store, 1000, session.secret, owner))?.record.channels.size, 1);
    await session.end();
    await session.begin();
    assert.equal(store.size, 0);
  });

  it('is found by nobody else', async () => {
    const store = new MemoryStore();
    const session = Session.create(store, 1000, record());
    await session.begin();
    assert.equal(await Session.find(store, 1000, 'guessed', owner), undefined);
    assert.equal(await Session.find(store, 1000, session.secret, { ...owner, path: '/b' }), undefined);
    assert.equal(await Session.find(store, 1000, session.secret, { ...owner, identity: 'null' }), undefined);
    assert.notEqual(Session.create(store, 1000, record()).secret, session.secret);
  });

  it('lets a message be handled once, numbers and texts apart', async () => {
    const store = new MemoryStore();
    const session = Session.create(store, 1000, record());
    const claims = [1, 1, '1', 2].map((id) => session.claim(id, 1000));
    assert.deepEqual(await Promise.all(claims), [true, false, true, true]);
    assert.equal(await Session.create(store, 1000, record()).claim(1, 1000), true);
  });

  it('is written no more when it has ended, or belongs to another connection', async () => {
    const store = new MemoryStore();
    const ended = Session.create(store, 1000, record());
    const writing = ended.begin();
    await ended.end();
    await writing;
    await ended.save();
    assert.equal(store.size, 0);
    const left = Session.create(store, 1000, record());
    left.abandon();
    await left.begin();
    assert.equal(store.size, 0);
  });

  it('tells who waits that it could not be written, and writes the next time', async () => {
    let broken = true;
    class Flaky extends MemoryStore {
      override async set(...args: Parameters<MemoryStore['set']>): Promise<boolean> {
        if (broken) throw new Error('away');
        return super.set(...args);
      }
    }
    const store = new Flaky();
    const session = Session.create(store, 1000, record());
    await assert.rejects(session.begin(), /away/);
    broken = false;
    await session.save();
    assert.equal(store.size, 1);
  });
});
