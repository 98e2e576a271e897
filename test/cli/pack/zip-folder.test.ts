import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { zipFolder } from '#src/cli/pack/zip-folder.js';
import { readZip, type ZipEntry } from './read-zip.js';

describe('zipFolder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-zip-'));
  after(() => rmSync(folder, { recursive: true }));
  let count = 0;

  async function zipped(fill: (source: string) => void): Promise<Map<string, ZipEntry>> {
    count += 1;
    const source = join(folder, `source-${count}`);
    mkdirSync(source);
    fill(source);
    const archive = join(folder, `${count}.zip`);
    await zipFolder(source, archive);
    return readZip(archive);
  }

  it('holds the content of every file, at any depth, by its path inside the folder', async () => {
    const big = randomBytes(300_000);
    const entries = await zipped((source) => {
      mkdirSync(join(source, 'a/b/c'), { recursive: true });
      writeFileSync(join(source, 'a/b/c/deep.txt'), 'deep');
      writeFileSync(join(source, 'a/big.bin'), big);
      writeFileSync(join(source, 'empty'), '');
      writeFileSync(join(source, 'ä ö.txt'), 'umlauts');
    });
    assert.deepEqual([...entries.keys()], ['a/b/c/deep.txt', 'a/big.bin', 'empty', 'ä ö.txt']);
    assert.deepEqual(entries.get('a/big.bin')?.content, big);
    assert.equal(entries.get('a/b/c/deep.txt')?.content.toString(), 'deep');
    assert.equal(entries.get('ä ö.txt')?.content.toString(), 'umlauts');
    assert.equal(entries.get('empty')?.content.length, 0);
  });

  it('makes the scf_bootstrap of the folder executable, whatever its mode on disk, and no other file', async () => {
    const entries = await zipped((source) => {
      mkdirSync(join(source, 'inside'));
      for (const name of ['scf_bootstrap', 'inside/scf_bootstrap', 'tool.sh']) {
        writeFileSync(join(source, name), '');
        chmodSync(join(source, name), name === 'scf_bootstrap' ? 0o600 : 0o777);
      }
    });
    assert.deepEqual(
      [...entries].map(([name, { mode }]) => [name, mode.toString(8)]),
      [
        ['inside/scf_bootstrap', '100644'],
        ['scf_bootstrap', '100755'],
        ['tool.sh', '100644'],
      ],
    );
  });

  it('leaves out what is no file', async () => {
    const entries = await zipped((source) => {
      mkdirSync(join(source, 'empty'));
      writeFileSync(join(source, 'file'), '');
      symlinkSync('/etc/hostname', join(source, 'link'));
    });
    assert.deepEqual([...entries.keys()], ['file']);
  });

  it('is an archive even of nothing', async () => {
    assert.equal((await zipped(() => {})).size, 0);
  });

  it('fails where there is no such folder, or where the archive cannot be written', async () => {
    await assert.rejects(zipFolder(join(folder, 'nowhere'), join(folder, 'no.zip')), { code: 'ENOENT' });
    assert.equal(existsSync(join(folder, 'no.zip')), false);
    mkdirSync(join(folder, 'small'));
    writeFileSync(join(folder, 'small/file'), '');
    await assert.rejects(zipFolder(join(folder, 'small'), join(folder, 'nowhere/a.zip')), { code: 'ENOENT' });
  });
});
