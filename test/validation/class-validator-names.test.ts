import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as library from 'class-validator';
import * as names from '#src/validation/class-validator-names.js';
import { INLINE_RULES } from '#src/validation/compiled/inline-rules.js';

describe('the names of class-validator', () => {
  it("are the library's own functions", () => {
    for (const [name, value] of Object.entries(names)) {
      assert.equal(typeof value, 'function', name);
      assert.equal(value, Reflect.get(library, name), name);
    }
  });

  it('are what is used and nothing more, since a bundler keeps them all', () => {
    const decorators = [...INLINE_RULES.values()].map(({ decorator }) => decorator);
    assert.deepEqual(Object.keys(names).sort(), [...new Set([...decorators, 'Allow', 'validate'])].sort());
  });
});
