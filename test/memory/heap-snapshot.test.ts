import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeHeapSnapshot } from 'node:v8';
import { takeSnapshot } from './heap-snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'yunction-heap-'));
const file = join(folder, 'heap');
after(() => rmSync(folder, { recursive: true }));

class Kept {
  constructor(readonly text: string) {}
}

describe('takeSnapshot()', () => {
  it('tells what has come since an earlier one and is there, and what is code; and deletes the file', async () => {
    const marks = [(await takeSnapshot(writeHeapSnapshot(file), [])).last];
    const kept = Array.from({ length: 1000 }, (_, index) => new Kept(`text ${index}`));
    marks.push((await takeSnapshot(writeHeapSnapshot(file), marks)).last);
    // oxlint-disable-next-line typescript/no-implied-eval -- code that was not there before
    const made = Array.from({ length: 100 }, (_, index) => new Function('a', `return a + ${index} * (a - ${index});`));
    for (const run of made) run(1);
    kept.splice(600);
    const { since, code, data } = await takeSnapshot(writeHeapSnapshot(file), marks);
    const count = (mark: number, name: string) => since[mark]?.what.find(([each]) => each === name)?.[1];
    assert.deepEqual([count(0, 'object Kept'), count(1, 'object Kept')], [kept.length, undefined]);
    assert.ok((count(0, 'string') ?? 0) >= kept.length);
    assert.ok(code > 1 << 20 && data > 1 << 20);
    // Functions are the program's; their bytecode is V8's.
    assert.ok(since.every(({ what }) => what.every(([name]) => !name.startsWith('code '))));
    assert.equal(existsSync(file), false);
  });
});
