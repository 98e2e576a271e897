import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordSource, sourcesOf } from '#src/events/source-records.js';

describe('sourcesOf', () => {
  class Base {}
  class Derived extends Base {}
  class Sibling extends Base {}
  recordSource(Base.prototype, { property: 'id', source: 'path', name: undefined });
  recordSource(Base.prototype, { property: 'tag', source: 'query', name: 't' });
  recordSource(Derived.prototype, { property: 'tag', source: 'cookie', name: undefined });

  it('gives nothing for a class without records', () => {
    assert.deepEqual(sourcesOf(class {}), []);
  });

  it("prefers a subclass's record and inherits the others", () => {
    assert.deepEqual(
      new Map(sourcesOf(Derived).map(({ property, source }) => [property, source])),
      new Map([
        ['tag', 'cookie'],
        ['id', 'path'],
      ]),
    );
  });

  it('leaves the parent and the siblings of that subclass alone', () => {
    for (const eventClass of [Base, Sibling]) {
      assert.equal(sourcesOf(eventClass).find(({ property }) => property === 'tag')?.source, 'query');
    }
  });
});
