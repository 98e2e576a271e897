import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { findJsonFault } from '#src/body/json-position.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// biome-ignore format: one token a line would fill the page
const TOKENS = [
  '{', '}', '[', ']', ',', ':', '"', '"a"', '"a":', '1', '-', '0', '01', '1.5', '.', 'e', 'E+1', '+', 'true', 'nul',
  'null', 'false', ' ', '\n', '\t', '\\', '\\u00e9', '\\u00g0', '\\n', '\\x', '\u0001', '\u2028', 'é', '"\\u00e9"',
  '"\\"', '{}', '[]', '\ufeff', '\u00a0', "'a'",
];

const jsonish = fc.array(fc.constantFrom(...TOKENS), { maxLength: 12 }).map((pieces) => pieces.join(''));

describe('findJsonFault', () => {
  it('finds a fault exactly where JSON.parse throws, in any text', () => {
    fc.assert(
      fc.property(fc.oneof(jsonish, fc.string(), fc.json()), (text) => {
        assert.equal(findJsonFault(text) === undefined, isJson(text), JSON.stringify(text));
      }),
      { numRuns: 4000 },
    );
  });

  it('finds a fault exactly where JSON.parse throws, in JSON with one character changed', () => {
    const changed = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ...'{}[],:"\\0129-.eEtfn u\n\u0000'))
      .map(([text, place, char]) => {
        const at = place % text.length;
        return text.slice(0, at) + char + text.slice(at + 1);
      });
    fc.assert(
      fc.property(changed, (text) => {
        assert.equal(findJsonFault(text) === undefined, isJson(text), JSON.stringify(text));
      }),
      { numRuns: 4000 },
    );
  });

  it('names a place up to which the text can still become JSON', () => {
    fc.assert(
      fc.property(jsonish, (text) => {
        const fault = findJsonFault(text);
        if (fault === undefined) return;
        const before = findJsonFault(text.slice(0, fault.offset));
        // What stands before the fault is right as far as it goes: cut off there, only its end is missing.
        assert.ok(before === undefined || before.offset === fault.offset, JSON.stringify(text));
      }),
      { numRuns: 2000 },
    );
  });

  const cases: [string, string][] = [
    ['', '1:1 (0) a value'],
    ['{"a": 1,\n "b" 2}', "2:6 (14) ':'"],
    ['{"a": 1,\n}', '2:1 (9) a property name in double quotes'],
    ['{a: 1}', "1:2 (1) a property name in double quotes or '}'"],
    ['[1 2]', "1:4 (3) ',' or ']'"],
    ['[1,]', '1:4 (3) a value'],
    ['{"a": 1', "1:8 (7) ',' or '}'"],
    ['{} {}', '1:4 (3) the end of the text'],
    ['nulL', '1:4 (3) null'],
    ['[1.]', '1:4 (3) a digit'],
    ['-', '1:2 (1) a digit'],
    ['"abc', `1:5 (4) '"'`],
    ['"a\nb"', '1:3 (2) an escape in the place of a control character'],
    ['"\\x"', '1:3 (2) an escape of JSON'],
    ['"\\u12g4"', '1:6 (5) a hexadecimal digit'],
    ['\n\n  }', '3:3 (4) a value'],
    ['\n', '2:1 (1) a value'],
  ];
  for (const [text, wanted] of cases) {
    it(`says of ${JSON.stringify(text)}: ${wanted}`, () => {
      const fault = findJsonFault(text);
      assert.equal(`${fault?.line}:${fault?.column} (${fault?.offset}) ${fault?.expected}`, wanted);
    });
  }

  it('takes a million levels without exhausting the stack', () => {
    assert.equal(findJsonFault('['.repeat(1_000_000))?.offset, 1_000_000);
    assert.equal(findJsonFault('['.repeat(100_000) + ']'.repeat(100_000)), undefined);
  });
});
