import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import { FileWrite, storageError } from '#src/body/file-write.js';
import { HttpError } from '#src/errors/http-error.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-write-'));
});
after(() => rm(folder, { recursive: true }));

describe('FileWrite', () => {
  it('writes a file that only its owner may read, and creates the folder', async () => {
    const write = new FileWrite(Readable.from([Buffer.from('ab'), Buffer.from('cd')]), join(folder, 'x', 'y'), 'file');
    await write.finished;
    assert.equal(write.size, 4);
    assert.equal(await readFile(join(folder, 'x', 'y', 'file'), 'utf8'), 'abcd');
    assert.equal((await stat(write.filepath)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, 'x'))).mode & 0o077, 0);
  });

  it('never writes into a file that is there', async () => {
    await writeFile(join(folder, 'taken'), 'someone else');
    const write = new FileWrite(Readable.from([Buffer.from('ab')]), folder, 'taken');
    await assert.rejects(write.finished, { code: 'EEXIST' });
    assert.equal(await readFile(join(folder, 'taken'), 'utf8'), 'someone else');
  });

  it('leaves nothing when it is discarded before, during and after the writing', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    const unopened = new FileWrite(new PassThrough(), empty, 'before');
    await Promise.all([unopened.discard(), assert.rejects(unopened.finished)]);
    const ended = new PassThrough();
    ended.end('abc');
    const complete = new FileWrite(ended, empty, 'complete');
    await Promise.all([complete.discard(), assert.rejects(complete.finished)]);
    const source = new PassThrough();
    const during = new FileWrite(source, empty, 'during');
    source.write('abc');
    while (source.readableLength > 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([during.discard(), assert.rejects(during.finished)]);
    const done = new FileWrite(Readable.from([Buffer.from('ab')]), empty, 'after');
    await done.finished;
    await done.discard();
    await done.discard();
    assert.deepEqual(await readdir(empty), []);
  });
});

describe('storageError', () => {
  it('makes NO_SPACE of the error of a full disk, and leaves others as they are', async () => {
    // A device that is always full.
    const full = await pipeline(Readable.from([Buffer.from('x')]), createWriteStream('/dev/full')).then(
      () => assert.fail('written'),
      (error: unknown) => storageError(error),
    );
    assert.ok(full instanceof HttpError);
    assert.deepEqual([full.status, full.code], [507, 'NO_SPACE']);
    const other = new Error('other');
    assert.equal(storageError(other), other);
  });
});
