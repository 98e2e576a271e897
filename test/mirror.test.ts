// Every source file with run-time code has its test file: src/body/text.ts → test/body/text.test.ts.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';

import { ROOT, sourceFiles } from './imports.js';

/** Lists of names, and the line that starts what others hold: nothing of their own to test. */
const WITHOUT = new Set(['index.ts', 'main.ts']);

/** Whether anything of a source file is left at run time. One with types alone compiles to `export {}`. */
function hasCode(file: string): boolean {
  const compiled = readFileSync(join(ROOT, 'built', file.replace(/\.ts$/, '.js')), 'utf8');
  return (
    compiled
      .replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
      .replace(/^export \{\};$/m, '')
      .trim() !== ''
  );
}

const testOf = (file: string) => `test/${file.replace(/\.ts$/, '.test.ts')}`;

describe('test/', () => {
  const files = sourceFiles();
  const tested = files.filter((file) => !WITHOUT.has(basename(file)) && hasCode(file));

  it('has a test file for each source file with run-time code, of the same path and name', () => {
    const missing = tested.filter((file) => !existsSync(join(ROOT, testOf(file))));
    assert.deepEqual(missing, []);
  });

  it('has no test file that tests nothing', () => {
    const empty = tested.map(testOf).filter((file) => {
      const path = join(ROOT, file);
      // By itself, or by a suite that it shares with others.
      return existsSync(path) && !/\b(?:it|test[A-Z]\w*)\(/.test(readFileSync(path, 'utf8'));
    });
    assert.deepEqual(empty, []);
  });

  it('looks at the sources as they are: those of types alone have no code, most others have', () => {
    assert.equal(hasCode('body/body-limits.ts'), false);
    assert.equal(hasCode('body/text.ts'), true);
    assert.ok(tested.length > 100 && tested.length < files.length);
    const compiled = readdirSync(join(ROOT, 'built'), { recursive: true, encoding: 'utf8' });
    for (const file of files) assert.ok(compiled.includes(file.replace(/\.ts$/, '.js')), `${file} is not compiled`);
  });
});
