import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { copyPlain } from '#src/validation/compiled/copy-plain.js';

describe('copyPlain', () => {
  it('copies plain objects and arrays all the way down', () => {
    const original = { a: [{ b: [1, [2]] }], c: { d: { e: null } } };
    const copy = copyPlain(original);
    assert.deepEqual(copy, original);
    original.a[0]?.b.push(5);
    original.c.d = { e: null };
    Reflect.deleteProperty(original, 'c');
    assert.deepEqual(copy, { a: [{ b: [1, [2]] }], c: { d: { e: null } } });
  });

  it('gives back what is no object, and whatever else stands in one, as it is', () => {
    class Own {
      x = 1;
    }
    const others = [
      5,
      'a',
      null,
      undefined,
      true,
      5n,
      Symbol('s'),
      new Own(),
      new Date(0),
      new Map(),
      Buffer.from('a'),
    ];
    for (const value of others) assert.equal(copyPlain(value), value);
    const copy = copyPlain({ list: others });
    assert.ok(typeof copy === 'object' && copy !== null && 'list' in copy && Array.isArray(copy.list));
    others.forEach((value, index) => assert.equal((copy.list as unknown[])[index], value));
  });

  it('keeps keys that an assignment would lose, and sets no prototype', () => {
    const original: unknown = JSON.parse('{"__proto__":{"evil":1},"constructor":{"x":1},"toString":1}');
    const copy = copyPlain(original);
    assert.deepEqual(Reflect.ownKeys(Object(copy)), ['__proto__', 'constructor', 'toString']);
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
    assert.equal(Reflect.get(Object(copy), 'evil'), undefined);
    assert.deepEqual(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value, { evil: 1 });
  });

  it('keeps an object without a prototype so, and holes in lists', () => {
    const bare: unknown = copyPlain(Object.assign(Object.create(null) as object, { a: { b: 1 } }));
    assert.equal(Object.getPrototypeOf(bare), null);
    const holed: unknown = copyPlain(Object.assign([], { 0: 1, 2: [3] }));
    assert.ok(Array.isArray(holed));
    assert.deepEqual([holed.length, 1 in holed], [3, false]);
  });

  it('leaves keys of a copy open to be deleted and written, even of a frozen original', () => {
    const copy = copyPlain(Object.freeze({ kind: 'a', list: Object.freeze([1]) }));
    assert.ok(Reflect.deleteProperty(Object(copy), 'kind'));
    assert.ok(Reflect.set(Object(copy), 'list', 2));
    assert.deepEqual(copy, { list: 2 });
  });

  it('equals any value that a JSON parser makes, and shares no object with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = copyPlain(value);
        assert.deepEqual(copy, value);
        const parts = objectsIn(value);
        for (const part of objectsIn(copy)) assert.ok(!parts.has(part));
      }),
    );
  });
});

/** An object or list and all objects and lists inside it. */
function objectsIn(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (typeof value !== 'object' || value === null) return found;
  found.add(value);
  for (const item of Object.values(value)) objectsIn(item, found);
  return found;
}
