import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { checkTemporaryFolder } from '#src/check-temporary-folder.js';
import { StartupError, type StartupMistake } from '#src/errors/startup-error.js';
import { ROOT } from './fixtures/run-process.js';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'yunction-test-'));
  chmodSync(folder, 0o755);
});
after(() => rmSync(folder, { recursive: true }));

function mistakeAbout(path: string): StartupMistake {
  try {
    checkTemporaryFolder(path);
  } catch (error) {
    assert.ok(error instanceof StartupError && error.mistakes[0] !== undefined, String(error));
    assert.ok(error.cause instanceof Error);
    return error.mistakes[0];
  }
  return assert.fail('uploads could be stored there');
}

describe('checkTemporaryFolder', () => {
  it('takes a folder that can be written to, and leaves what is in it', () => {
    const path = join(folder, 'ready');
    mkdirSync(path);
    writeFileSync(join(path, 'file'), 'kept');
    checkTemporaryFolder(path);
    assert.deepEqual(readdirSync(path), ['file']);
  });

  it('makes a folder that is missing, with those above it', () => {
    const path = join(folder, 'a', 'b', 'c');
    checkTemporaryFolder(path);
    assert.ok(statSync(path).isDirectory());
    assert.deepEqual(readdirSync(path), []);
  });

  it('refuses a file, and a folder below a file, and says what to do', () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    assert.equal(mistakeAbout(file).problem, 'uploads cannot be stored there: EEXIST, a file has its name');
    const { where, problem, remedy } = mistakeAbout(join(file, 'below'));
    assert.deepEqual(
      [where, problem],
      [`the folder ${join(file, 'below')}`, 'uploads cannot be stored there: ENOTDIR, a file is in the way'],
    );
    assert.match(remedy, /temporaryFolder: '\/tmp'.*YUNCTION_TMP=\/tmp/);
  });

  it('refuses a place where the system lets nobody make a folder, and does not try for ever', {
    skip: existsSync('/proc/self') ? false : 'there is no /proc',
  }, () => {
    for (const path of ['/proc/none', '/proc/none/below']) {
      assert.match(mistakeAbout(path).problem, /^uploads cannot be stored there: ENOENT, no folder can be made there$/);
    }
  });

  it('refuses a path that is none', () => {
    assert.match(mistakeAbout('bad\0path').problem, /^uploads cannot be stored there: ERR_INVALID_ARG_VALUE$/);
  });
});

/** What the check says to a user without rights; root may write everywhere. */
async function saidToNobody(path: string): Promise<{ code: number | null; text: string }> {
  const script = `
    process.setgroups?.([]);
    process.setgid?.(65534);
    process.setuid?.(65534);
    try {
      checkTemporaryFolder(process.argv[1]);
    } catch (error) {
      process.stdout.write(error.message);
      process.exitCode = 1;
    }`;
  // Loaded before the rights are given up: nobody may not be allowed to read the repository.
  const source = `import { checkTemporaryFolder } from '#src/check-temporary-folder.js';${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, path], { cwd: ROOT });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (text += more));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

describe('a folder of another user’s', {
  skip: process.getuid?.() === 0 ? false : 'only root can become another',
}, () => {
  it('is refused with the user who cannot write to it, whether it is there or would have to be made', async () => {
    const theirs = join(folder, 'theirs');
    mkdirSync(theirs, { mode: 0o755 });
    for (const path of [theirs, join(theirs, 'below')]) {
      assert.deepEqual(await saidToNobody(path), {
        code: 1,
        text:
          `the folder ${path}: uploads cannot be stored there: EACCES, this user may not write to it → name a folder ` +
          "that can be written to: `start({ temporaryFolder: '/tmp' })`, or YUNCTION_TMP=/tmp",
      });
    }
    assert.equal(existsSync(join(theirs, 'below')), false);
  });

  it('is refused where it may be written to but not entered', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o722);
    assert.match((await saidToNobody(closed)).text, /EACCES/);
  });

  it('is taken where everybody may write to it', async () => {
    const shared = join(folder, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    assert.deepEqual(await saidToNobody(shared), { code: 0, text: '' });
  });
});
