import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '#src/channels/store.js';

/**
 * What all stores have in common.
 * @param make gives an empty store; it is closed at the end of each test.
 */
export function testStore(make: () => Promise<Store>): void {
  const using = (test: (store: Store) => Promise<void>) => async () => {
    const store = await make();
    try {
      await test(store);
    } finally {
      await store.close();
    }
  };
  const gone = async (store: Store, key: string) => {
    while ((await store.get(key)) !== undefined) await wait(5);
  };

  it(
    'gives what was set, as a copy, by any key',
    using(async (store) => {
      const value = { a: [1, { b: null }], c: 'ü\u0000' };
      for (const key of ['', '__proto__', 'a:b', '{x}', 'ü']) {
        assert.equal(await store.get(key), undefined);
        assert.equal(await store.set(key, value), true);
        const got = await store.get<typeof value>(key);
        assert.deepEqual(got, value);
        got?.a.push(2);
        assert.deepEqual(await store.get(key), value);
        assert.equal(await store.delete(key), true);
        assert.equal(await store.delete(key), false);
      }
      for (const scalar of [0, '', false, null, 'text', -1.5]) {
        await store.set('scalar', scalar);
        assert.equal(await store.get('scalar'), scalar);
      }
    }),
  );

  it(
    'sets only where there is none, if it is told so: of many at once, one',
    using(async (store) => {
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.set('lock', index, { ifAbsent: true })),
      );
      assert.equal(all.filter(Boolean).length, 1);
      assert.equal(await store.get('lock'), all.indexOf(true));
    }),
  );

  it(
    'forgets a value when its time is over, and gives it another with the next set',
    using(async (store) => {
      await store.set('a', 1, { ttlMs: 20 });
      await store.set('b', 1, { ttlMs: 20 });
      await store.set('b', 2);
      await gone(store, 'a');
      assert.equal(await store.set('a', 3, { ifAbsent: true }), true);
      assert.equal(await store.get('b'), 2);
    }),
  );

  it(
    'counts, at once for all who do',
    using(async (store) => {
      const sums = await Promise.all(Array.from({ length: 50 }, () => store.increment('n')));
      assert.deepEqual(
        sums.sort((one, other) => one - other),
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      assert.equal(await store.increment('n', { by: -60 }), -10);
      assert.equal(await store.get('n'), -10);
      await store.set('n', 5);
      assert.equal(await store.increment('n', { by: 0 }), 5);
    }),
  );

  it(
    'counts anew when the time of the first count is over, which later ones do not prolong',
    using(async (store) => {
      assert.equal(await store.increment('n', { ttlMs: 60 }), 1);
      assert.equal(await store.increment('n', { ttlMs: 3_600_000 }), 2);
      await gone(store, 'n');
      assert.equal(await store.increment('n'), 1);
    }),
  );

  it(
    'refuses what it cannot keep or count',
    using(async (store) => {
      for (const value of [undefined, () => undefined, Symbol('s'), 1n]) {
        await assert.rejects(store.set('a', value), TypeError);
      }
      for (const ttlMs of [0, -1, 1.5, Number.NaN]) {
        await assert.rejects(store.set('a', 1, { ttlMs }), RangeError);
        await assert.rejects(store.increment('a', { ttlMs }), RangeError);
      }
      for (const by of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await assert.rejects(store.increment('a', { by }), RangeError);
      }
      for (const value of ['text', { a: 1 }, 1.5]) {
        await store.set('a', value);
        await assert.rejects(store.increment('a'), TypeError);
        assert.deepEqual(await store.get('a'), value);
      }
    }),
  );
}
