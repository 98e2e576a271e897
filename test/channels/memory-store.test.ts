import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryStore } from '#src/channels/memory-store.js';
import { testStore } from './store-suite.js';

describe('MemoryStore', () => {
  testStore(async () => new MemoryStore());

  it('holds no more than it may, and forgets what was written longest ago', async () => {
    const store = new MemoryStore({ maxEntries: 10 });
    for (let index = 0; index < 100; index += 1) await store.set(`key ${index}`, index);
    assert.equal(store.size, 10);
    assert.equal(await store.get('key 89'), undefined);
    assert.equal(await store.get('key 90'), 90);
    await store.set('key 90', 'again');
    await store.set('new', 1);
    assert.equal(await store.get('key 91'), undefined);
    assert.equal(await store.get('key 90'), 'again');
  });

  it('gives back the memory of what has expired, though nobody asks for it, and holds no timer', async (t) => {
    t.mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval'] });
    const store = new MemoryStore();
    for (let index = 0; index < 100; index += 1) await store.set(`key ${index}`, index, { ttlMs: 10 });
    t.mock.timers.tick(11);
    for (let index = 0; index < 100; index += 1) await store.set('other', index);
    assert.equal(store.size, 1);
  });
});
