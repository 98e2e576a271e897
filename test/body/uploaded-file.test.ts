import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
// Not from the package's entry: its type files import each other without extensions, which does not resolve here, so
// that File would be any.
import type { File } from '../../node_modules/@cloudbase/functions-typings/build/file.js';
import { UploadedFile, UploadedFiles } from '#src/body/uploaded-file.js';

let folder: string;
let other: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uploaded-file-'));
  // Another device where the system has one, so that a move cannot be a mere rename.
  other = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'uploaded-file-'));
});
after(async () => {
  await rm(folder, { recursive: true });
  await rm(other, { recursive: true });
});

async function upload(name: string): Promise<UploadedFile> {
  const filepath = join(folder, name);
  await writeFile(filepath, `content of ${name}`);
  const size = Buffer.byteLength(`content of ${name}`);
  return new UploadedFile({ size, filepath, originalFilename: 'a.txt', newFilename: name, mimetype: 'text/plain' });
}

describe('UploadedFile', () => {
  it('gives its content as bytes and as a stream, as often as wanted', async () => {
    const file = await upload('read');
    assert.equal(String(await file.bytes()), 'content of read');
    assert.equal(String(await buffer(file.stream())), 'content of read');
    assert.equal(String(await buffer(file.stream())), 'content of read');
  });

  it('can stand for a file of a plain function', async () => {
    const file: File = await upload('typed');
    assert.deepEqual(file.toJSON(), {
      size: 16,
      length: 16,
      filepath: join(folder, 'typed'),
      newFilename: 'typed',
      mimetype: 'text/plain',
      mtime: file.mtime,
      originalFilename: 'a.txt',
    });
    assert.equal(String(file), `UploadedFile: typed, Original: a.txt, Path: ${join(folder, 'typed')}`);
    assert.equal(file.hashAlgorithm, false);
  });

  it('moves within a disk and across disks, onto a file that is there', async () => {
    for (const target of [join(folder, 'target'), join(other, 'target')]) {
      await writeFile(target, 'an older and longer file than the new one');
      const file = await upload('move');
      await file.moveTo(target);
      assert.equal(file.filepath, target);
      assert.equal(await readFile(target, 'utf8'), 'content of move');
      assert.equal(existsSync(join(folder, 'move')), false);
      await file.discard();
      assert.equal(existsSync(target), true);
    }
  });

  it('stays where it is, and is still deleted, when it cannot be moved', async () => {
    const file = await upload('stay');
    await assert.rejects(file.moveTo(join(folder, 'no', 'such', 'folder')), { code: 'ENOENT' });
    assert.equal(String(await file.bytes()), 'content of stay');
    await file.discard();
    assert.equal(existsSync(join(folder, 'stay')), false);
  });
});

describe('UploadedFiles', () => {
  it('deletes what was not moved, waits for moves that are under way, and minds no missing file', async () => {
    const files = new UploadedFiles();
    const [kept, left, gone, late] = [await upload('k'), await upload('l'), await upload('g'), await upload('m')];
    for (const file of [kept, left, gone, late]) files.add(file);
    await kept.moveTo(join(other, 'kept'));
    await rm(gone.filepath);
    const moving = late.moveTo(join(other, 'late'));
    await files.discard();
    await moving;
    assert.deepEqual((await readdir(other)).filter((name) => name !== 'target').toSorted(), ['kept', 'late']);
    assert.deepEqual([existsSync(left.filepath), existsSync(join(folder, 'm'))], [false, false]);
    await files.discard();
    assert.equal(existsSync(join(other, 'kept')), true);
  });

  it('deletes at once what arrives after the end', async () => {
    const files = new UploadedFiles();
    await files.discard();
    const file = await upload('after');
    files.add(file);
    await files.discard();
    assert.equal(existsSync(file.filepath), false);
  });

  it('deletes the others when one cannot be deleted, and says so', async () => {
    const files = new UploadedFiles();
    const [first, last] = [await upload('first'), await upload('last')];
    const folderInstead = new UploadedFile({
      size: 0,
      filepath: folder,
      originalFilename: null,
      newFilename: '',
      mimetype: null,
    });
    for (const file of [first, folderInstead, last]) files.add(file);
    await assert.rejects(files.discard(), { code: 'ERR_FS_EISDIR' });
    assert.deepEqual([existsSync(first.filepath), existsSync(last.filepath)], [false, false]);
  });
});
