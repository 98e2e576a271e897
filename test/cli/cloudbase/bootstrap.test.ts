import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { readBootstrap } from '#src/cli/cloudbase/bootstrap.js';
import { BOOTSTRAP } from '#src/cli/pack/bootstrap.js';
import { ROOT } from '../../fixtures/run-process.js';

const folder = mkdtempSync(join(tmpdir(), 'yunction-bootstrap-'));
after(() => rmSync(folder, { recursive: true }));

const GOOD = '#!/bin/bash\nexec /var/lang/node20/bin/node built/main.js\n';

function problemsOf(text: string, mode = 0o755) {
  const path = join(folder, 'scf_bootstrap');
  writeFileSync(path, text);
  chmodSync(path, mode);
  const { nodes, mistakes } = readBootstrap(folder);
  return { nodes, problems: mistakes.map(({ problem }) => problem) };
}

describe('readBootstrap', () => {
  it('has nothing against the README’s, the one that pack writes, and the one of this repository', () => {
    assert.deepEqual(problemsOf(GOOD), { nodes: [20], problems: [] });
    assert.deepEqual(problemsOf(BOOTSTRAP), { nodes: [22, 20], problems: [] });
    assert.deepEqual(readBootstrap(ROOT), { nodes: [22, 20], mistakes: [] });
  });

  it('reads the place of node in the longer form too', () => {
    assert.deepEqual(problemsOf(GOOD.replace('node20', 'node20.19')).nodes, [20]);
  });

  for (const [what, text, mode, problem] of [
    ['cannot be executed', GOOD, 0o644, /execute/],
    ['has CRLF line ends', GOOD.replaceAll('\n', '\r\n'), 0o755, /CRLF/],
    ['has no shebang', GOOD.slice(GOOD.indexOf('exec')), 0o755, /first line/],
    ['looks for node on the PATH', '#!/bin/bash\nexec node built/main.js\n', 0o755, /names no node/],
    ['starts node as a child of bash', GOOD.replace('exec ', ''), 0o755, /signals/],
  ] as const) {
    it(`tells of one that ${what}`, () => {
      const { problems } = problemsOf(text, mode);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', problem);
    });
  }

  it('tells of one that is not there, or is a folder', () => {
    for (const path of [join(folder, 'nowhere'), join(ROOT, 'src')]) {
      const { nodes, mistakes } = readBootstrap(path);
      assert.deepEqual(nodes, []);
      assert.match(mistakes[0]?.problem ?? '', /is not there/);
    }
  });
});
