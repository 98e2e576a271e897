import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { after, afterEach, before, describe, it } from 'node:test';
import busboy from 'busboy';
import type { BodyLimits } from '#src/body/body-limits.js';
import { malformedMultipart, MultipartRead } from '#src/body/multipart-read.js';
import { UploadedFile, UploadedFiles } from '#src/body/uploaded-file.js';
import { HttpError } from '#src/errors/http-error.js';
import { until } from '../until.js';
import { LIMITS } from './body-server.js';

let folder: string;
let uploads: UploadedFiles;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'multipart-read-'));
});
afterEach(async () => {
  await uploads.discard();
  assert.deepEqual(await readdir(folder), []);
});
after(() => rm(folder, { recursive: true }));

/** A read of a form with the boundary B, by busboy or by a parser of the test's own. */
function readWith(parser: Writable, limits: Partial<BodyLimits> = {}): MultipartRead {
  uploads = new UploadedFiles();
  return new MultipartRead(parser, 'B', { ...LIMITS, temporaryFolder: folder, ...limits }, uploads);
}

const realParser = () => busboy({ headers: { 'content-type': 'multipart/form-data; boundary=B' } });

/** A parser that finds what the test says in whatever it is given, and its end when the body ends. */
function saying(say: (parser: Writable) => void): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      say(this);
      done();
    },
  });
}

const FIELD_INFO = { nameTruncated: false, valueTruncated: false, encoding: '7bit', mimeType: 'text/plain' };
const FILE_INFO = { filename: 'a.txt', encoding: '7bit', mimeType: 'text/plain' };

/** A body of so many boundary lines, the last one closing, whatever a parser makes of it. */
const lines = (count: number) => Readable.from([Buffer.from(`${'--B\r\n\r\n\r\n'.repeat(count - 1)}--B--\r\n`)]);

async function failureOf(reading: Promise<unknown>): Promise<HttpError> {
  try {
    await reading;
  } catch (error) {
    assert.ok(error instanceof HttpError, String(error));
    return error;
  }
  return assert.fail('the form was taken');
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('MultipartRead', () => {
  it('reads fields and files, and hands the files over to the request', async () => {
    const body = [
      '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
      '--B\r\nContent-Disposition: form-data; name="f"; filename="../x.TXT"\r\n\r\nfile\r\n--B--\r\n',
    ];
    const form = await readWith(realParser()).read(Readable.from(body.map((each) => Buffer.from(each))));
    assert.equal(Reflect.getPrototypeOf(form), null);
    assert.equal(form['a'], '1');
    const file = form['f'];
    assert.ok(file instanceof UploadedFile);
    assert.deepEqual([file.size, file.originalFilename, String(await file.bytes())], [4, 'x.TXT', 'file']);
    assert.match(file.newFilename, /\.txt$/);
    await uploads.discard();
    assert.equal(existsSync(file.filepath), false);
  });

  it('leaves no timer, neither when it succeeds nor when it fails', async () => {
    const usual = timers();
    await readWith(realParser()).read(lines(1));
    assert.equal(timers(), usual);
    await failureOf(readWith(realParser()).read(Readable.from([Buffer.from('--B\r\nbroken')])));
    assert.equal(timers(), usual);
  });

  it('knows from its limits how long a whole body can be', () => {
    const { maxBytes } = readWith(realParser(), { maxBodyBytes: 10, maxFormParts: 2, maxFiles: 3, maxFileBytes: 1000 });
    assert.equal(maxBytes, 10 + 2 * 1024 + 3 * 128 * 1024 + 3 * 1000);
    assert.equal(readWith(realParser(), { maxBodyBytes: 0, maxFormParts: 0, maxFiles: 0 }).maxBytes, 0);
  });

  it('rejects with the first failure, whatever the parser finds after it', async () => {
    const parser = saying((each) => {
      each.emit('filesLimit');
      each.emit('fieldsLimit');
      each.emit('field', '', 'x', FIELD_INFO);
      each.emit('error', new Error('Malformed part header'));
    });
    const { code, message } = await failureOf(readWith(parser).read(lines(2)));
    assert.deepEqual([code, message], ['TOO_MANY_PARTS', 'at most 20 files']);
  });

  it('names each limit that the parser reports', async () => {
    for (const [event, message] of [
      ['fieldsLimit', 'at most 200 fields'],
      ['filesLimit', 'at most 20 files'],
      ['partsLimit', 'at most 1000 parts'],
    ] as const) {
      const parser = saying((each) => void each.emit(event));
      const failure = await failureOf(readWith(parser).read(lines(2)));
      assert.deepEqual([failure.code, failure.message], ['TOO_MANY_PARTS', message]);
    }
  });

  it('puts the parser’s errors into words of its own, and leaves others as they are', async () => {
    for (const [found, message] of [
      ['Malformed part header', 'a part has malformed headers'],
      ['Unexpected end of form', 'the form ends before its closing boundary'],
      ['Unexpected end of file', 'the form ends in the middle of a file'],
    ]) {
      const parser = saying((each) => void each.destroy(new Error(found)));
      const failure = await failureOf(readWith(parser).read(lines(2)));
      assert.deepEqual([failure.code, failure.message], ['MALFORMED_MULTIPART', message]);
    }
    const other = new Error('out of memory');
    await assert.rejects(readWith(saying((each) => void each.destroy(other))).read(lines(2)), other);
  });

  it('refuses a form in which the parser passed over a part', async () => {
    const one = saying((each) => void each.emit('field', 'a', '1', FIELD_INFO));
    assert.deepEqual({ ...(await readWith(one).read(lines(2))) }, { a: '1' });
    const none = await failureOf(readWith(saying(() => undefined)).read(lines(2)));
    assert.deepEqual([none.code, none.message], ['MALFORMED_MULTIPART', 'a part has no proper headers']);
  });

  it('counts the bytes of all fields together, and refuses a value that was cut', async () => {
    const fields = (values: readonly string[], info = FIELD_INFO) =>
      saying((each) => {
        for (const value of values) each.emit('field', 'a', value, info);
      });
    const form = await readWith(fields(['é', 'é']), { maxBodyBytes: 4 }).read(lines(3));
    assert.deepEqual(form['a'], ['é', 'é']);
    const more = await failureOf(readWith(fields(['é', 'éé']), { maxBodyBytes: 4 }).read(lines(3)));
    assert.deepEqual([more.code, more.message], ['BODY_TOO_LARGE', 'at most 4 bytes']);
    const cut = await failureOf(readWith(fields(['x'], { ...FIELD_INFO, valueTruncated: true })).read(lines(2)));
    assert.equal(cut.code, 'BODY_TOO_LARGE');
  });

  it('counts a name by its bytes, and needs one', async () => {
    const named = (name: string | undefined) => saying((each) => void each.emit('field', name, 'x', FIELD_INFO));
    const limits = { maxFieldNameBytes: 6 };
    assert.deepEqual({ ...(await readWith(named('云云'), limits).read(lines(2))) }, { 云云: 'x' });
    const long = await failureOf(readWith(named('云云a'), limits).read(lines(2)));
    assert.deepEqual([long.code, long.message], ['BODY_TOO_LARGE', 'a field name has at most 6 bytes']);
    for (const name of [undefined, '']) {
      assert.equal((await failureOf(readWith(named(name)).read(lines(2)))).message, 'a part has no name');
    }
  });

  it('does not tell the parser of the end of a form that is not whole', async () => {
    let told = false;
    const parser = new Writable({
      write: (_chunk, _encoding, done) => done(),
      final: (done) => {
        told = true;
        done();
      },
    });
    const failure = await failureOf(readWith(parser).read(Readable.from([Buffer.from('--B\r\nX: y\r\n\r\n')])));
    assert.deepEqual(
      [failure.code, failure.message],
      ['MALFORMED_MULTIPART', 'the form ends before its closing boundary'],
    );
    assert.equal(told, false);
  });

  it('does not wait for ever for a parser that has stopped, and stops the body', async () => {
    const stuck = new Writable({ write: () => undefined });
    const body = new PassThrough();
    body.write('--B');
    const failure = await failureOf(readWith(stuck, { multipartTimeoutMs: 10 }).read(body));
    assert.deepEqual([failure.code, failure.status], ['REQUEST_TIMEOUT', 408]);
    assert.equal(failure.message, 'the form did not arrive within 10 ms');
    assert.ok(stuck.destroyed);
    await until(() => body.destroyed);
  });

  it('does not wait for ever for a file whose end the parser never tells, and deletes it', async () => {
    const source = new PassThrough();
    const parser = saying((each) => {
      source.write('half');
      each.emit('file', 'f', source, FILE_INFO);
    });
    const failure = await failureOf(readWith(parser, { multipartTimeoutMs: 50 }).read(lines(2)));
    assert.equal(failure.code, 'REQUEST_TIMEOUT');
    assert.ok(source.destroyed);
    assert.deepEqual(await readdir(folder), []);
  });

  it('deletes every file, one that is complete too, when a later part fails', async () => {
    const whole = Readable.from([Buffer.from('whole')]);
    const half = new PassThrough();
    half.write('half');
    const parser = saying((each) => {
      each.emit('file', 'f', whole, FILE_INFO);
      each.emit('file', 'f', half, FILE_INFO);
      whole.once('close', () => each.emit('partsLimit'));
    });
    const body = new PassThrough();
    body.write('--B\r\n');
    assert.equal((await failureOf(readWith(parser).read(body))).code, 'TOO_MANY_PARTS');
    assert.ok(half.destroyed);
    assert.deepEqual(await readdir(folder), []);
  });

  it('reads to its end a file that comes after the failure, and stores none of it', async () => {
    const late = new PassThrough();
    const parser = saying((each) => {
      each.emit('filesLimit');
      each.emit('file', 'f', late, FILE_INFO);
    });
    late.end('late');
    await failureOf(readWith(parser).read(lines(2)));
    await until(() => late.readableEnded);
    assert.deepEqual(await readdir(folder), []);
  });

  it('says what the file may have where a file is too large', async () => {
    const source = new PassThrough();
    const parser = saying((each) => {
      each.emit('file', 'f', source, FILE_INFO);
      source.emit('limit');
    });
    const failure = await failureOf(readWith(parser, { maxFileBytes: 7 }).read(lines(2)));
    assert.deepEqual([failure.code, failure.message], ['FILE_TOO_LARGE', 'a file has at most 7 bytes']);
  });

  it('refuses what goes on outside of files longer than all parts together may be', async () => {
    const limits = { maxBodyBytes: 10, maxFormParts: 1, maxFiles: 0 };
    const part = '\r\n--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n--B--';
    const preamble = (length: number) => Readable.from([Buffer.alloc(length - part.length, 'x'), Buffer.from(part)]);
    const most = 10 + 1024;
    assert.deepEqual({ ...(await readWith(realParser(), limits).read(preamble(most))) }, { a: '' });
    const failure = await failureOf(readWith(realParser(), limits).read(preamble(most + 1)));
    assert.deepEqual([failure.code, failure.message], ['BODY_TOO_LARGE', 'at most 10 bytes']);
  });

  it('puts no unhandled rejection into the process where nobody reads', async () => {
    const parser = saying(() => undefined);
    readWith(parser);
    parser.emit('partsLimit');
    await until(() => parser.destroyed);
  });
});

describe('malformedMultipart', () => {
  it('is 400', () => {
    const { status, code, message } = malformedMultipart('no boundary');
    assert.deepEqual([status, code, message], [400, 'MALFORMED_MULTIPART', 'no boundary']);
  });
});
