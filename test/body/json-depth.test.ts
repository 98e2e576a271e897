import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { exceedsJsonDepth } from '#src/body/json-depth.js';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('exceedsJsonDepth', () => {
  it('agrees with the depth of the parsed value, whatever strings hold', () => {
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 8 },
        fc.string({ unit: fc.constantFrom('[', '{', ']', '}', '"', '\\', 'a') }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string({ unit: fc.constantFrom('[', '"', '\\', '}') }), tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree.value, fc.nat(8), fc.boolean(), (value, cap, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : 0);
        assert.equal(exceedsJsonDepth(text, cap), depthOf(value) > cap, text);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes 64 levels and refuses 65', () => {
    assert.equal(exceedsJsonDepth('['.repeat(64) + ']'.repeat(64), 64), false);
    assert.equal(exceedsJsonDepth('['.repeat(65) + ']'.repeat(65), 64), true);
    assert.equal(exceedsJsonDepth('{"a":'.repeat(65) + '1' + '}'.repeat(65), 64), true);
  });

  it('counts levels and not brackets', () => {
    assert.equal(exceedsJsonDepth(`[${'[],'.repeat(1000)}[]]`, 2), false);
    assert.equal(exceedsJsonDepth(JSON.stringify(['['.repeat(1000)]), 1), false);
  });

  it('takes a million openers without exhausting the stack', () => {
    assert.equal(exceedsJsonDepth('['.repeat(1_000_000), 64), true);
  });
});
