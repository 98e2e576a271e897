import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';

import { parseWithLines, readJsonFile } from '#src/functions/json-lines.js';

describe('parseWithLines', () => {
  const text = '{\n  "a": [1,\n    {"b\\"c": "x]{,:"},\n null],\n\n  "d": {\n    "e": true }\n}';

  it('gives the value and the line of each part of it', () => {
    const { value, lineOf } = parseWithLines(text);
    assert.deepEqual(value, JSON.parse(text));
    assert.deepEqual(
      [[], ['a'], ['a', 0], ['a', 1], ['a', 1, 'b"c'], ['a', 2], ['d'], ['d', 'e']].map((path) => lineOf(path)),
      [1, 2, 2, 3, 3, 4, 6, 7],
    );
  });

  it('gives the line of what is around a part that is missing', () => {
    const { lineOf } = parseWithLines(text);
    assert.equal(lineOf(['d', 'missing']), 6);
    assert.equal(lineOf(['a', 1, 'x', 'y']), 3);
    assert.equal(lineOf(['z']), 1);
  });

  it('throws as JSON.parse does', () => {
    assert.throws(() => parseWithLines('{'), SyntaxError);
  });

  it('finds the line of every value of any JSON, one value to a line', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 8 }), (values) => {
        const { lineOf } = parseWithLines(`[\n${values.map((value) => JSON.stringify(value)).join(',\n')}\n]`);
        for (const index of values.keys()) assert.equal(lineOf([index]), index + 2);
      }),
      { numRuns: 100 },
    );
  });
});

describe('readJsonFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-json-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'some.json');

  it('reads a file, with a byte order mark or without', () => {
    for (const mark of ['', '\uFEFF']) {
      writeFileSync(file, `${mark}{\n"a": 1}`);
      const { value, lineOf } = readJsonFile(file);
      assert.deepEqual([value, lineOf(['a'])], [{ a: 1 }, 2]);
    }
  });

  it('says where a file is no JSON, and why it cannot be read', () => {
    writeFileSync(file, '{\n "a": }');
    assert.throws(() => readJsonFile(file), /some\.json:2:7: it is no JSON: expected .* → mend the text/);
    assert.throws(() => readJsonFile(join(folder, 'nowhere.json')), /nowhere\.json: it cannot be read: .*ENOENT/);
  });
});
