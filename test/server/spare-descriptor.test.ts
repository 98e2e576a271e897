import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { hasSpareDescriptor } from '#src/server/spare-descriptor.js';

const MODULE = fileURLToPath(import.meta.resolve('#src/server/spare-descriptor.js'));

/** Uses up every descriptor that a process may have, and asks before and after. */
const PROGRAM = `
  import { openSync } from 'node:fs';
  const { hasSpareDescriptor } = await import(${JSON.stringify(MODULE)});
  const before = hasSpareDescriptor();
  try { for (;;) openSync('/dev/null'); } catch { /* none is left: what it is for */ }
  let after;
  try { after = hasSpareDescriptor(); } catch (error) { after = error.message; }
  process.stdout.write(JSON.stringify([before, after]));
`;

describe('hasSpareDescriptor', () => {
  it('is true where a file can be opened, and leaves none open', () => {
    for (let round = 0; round < 2000; round += 1) assert.equal(hasSpareDescriptor(), true);
  });

  it('says so where none is left', () => {
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 60; exec "$0" --input-type=module -e "$1"', process.execPath, PROGRAM],
      {
        encoding: 'utf8',
      },
    );
    const [before, after] = JSON.parse(stdout) as [unknown, unknown];
    assert.equal(before, true);
    assert.match(String(after), /no file descriptor is left/);
  });
});
