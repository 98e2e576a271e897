// That the catalogue is whole: 68 rows, each with a test of its own.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT } from '../imports.js';

it('every row of the catalogue has a test', () => {
  const folder = join(ROOT, 'test/catalogue');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.test.ts') && name !== 'rows.test.ts');
  const text = sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const rows = new Set([...text.matchAll(/\brow\(\s*(\d+),|['`]row (\d+):/g)].map(([, a, b]) => Number(a ?? b)));
  assert.deepEqual(
    [...rows].sort((a, b) => a - b),
    Array.from({ length: 68 }, (_, index) => index + 1),
  );
});
