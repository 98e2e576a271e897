import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';

import { HttpError } from '#src/errors/http-error.js';
import { FileBody, type FileOptions } from '#src/server/result.js';
import { type PreparedFile, prepareFile } from '#src/server/send-file.js';
import { until } from '../until.js';

const folder = mkdtempSync(join(tmpdir(), 'yunction-send-file-'));
const path = join(folder, 'digits.txt');
const written = new Date('2024-05-06T07:08:09Z');

function requestOf(headers: IncomingHttpHeaders, method: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, url: '/somewhere/else', headers });
  return request;
}

interface Ask {
  readonly headers?: IncomingHttpHeaders;
  readonly method?: string;
  readonly options?: FileOptions;
  readonly whole?: boolean;
}

const prepared: PreparedFile[] = [];

async function prepare(file: string, { headers = {}, method = 'GET', options = {}, whole = false }: Ask = {}) {
  const found = await prepareFile(requestOf(headers, method), new FileBody(file, options), whole);
  prepared.push(found);
  return found;
}

async function textOf({ stream }: PreparedFile): Promise<string> {
  return (await stream.setEncoding('utf8').toArray()).join('');
}

/** Status, Content-Range and body. */
async function rangeOf(range: string, ask: Ask = {}): Promise<readonly [number, string | undefined, string]> {
  try {
    const found = await prepare(path, { ...ask, headers: { range, ...ask.headers } });
    const { status, headers } = found;
    const text = await textOf(found);
    assert.equal(Number(headers['Content-Length']), text.length);
    return [status, headers['Content-Range'], text];
  } catch (error) {
    assert.ok(error instanceof HttpError, String(error));
    return [error.status, String(error.headers?.['Content-Range']), ''];
  }
}

/** How many files of the folder this process has open. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false; // closed in the meantime
    }
  }).length;
}

describe('prepareFile', () => {
  before(() => {
    writeFileSync(path, '0123456789');
    utimesSync(path, written, written);
    writeFileSync(join(folder, 'empty.txt'), '');
    symlinkSync(path, join(folder, 'link.txt'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.txt'));
  });
  // A file that is prepared and not read is for its caller to close.
  afterEach(() => {
    for (const { stream } of prepared.splice(0)) stream.destroy();
  });
  after(() => rmSync(folder, { recursive: true }));

  it('describes the whole file', async () => {
    const found = await prepare(path);
    const { ETag: etag, 'Content-Length': length, ...headers } = found.headers;
    assert.deepEqual([found.status, await textOf(found)], [200, '0123456789']);
    assert.match(etag ?? '', /^W\/".+"$/);
    assert.deepEqual(headers, {
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'public, max-age=0',
      'Last-Modified': written.toUTCString(),
      'Content-Type': 'text/plain; charset=utf-8',
    });
    assert.equal(Number(length), 10);
  });

  // RFC 9110, section 14.1.2, for a representation of ten bytes; 14.2 lets a server ignore a range it does not like.
  for (const [range, ...expected] of [
    ['bytes=0-0', 206, 'bytes 0-0/10', '0'],
    ['bytes=9-9', 206, 'bytes 9-9/10', '9'],
    ['bytes=0-9', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=5-', 206, 'bytes 5-9/10', '56789'],
    ['bytes=8-99999999999999999999', 206, 'bytes 8-9/10', '89'],
    ['bytes=-1', 206, 'bytes 9-9/10', '9'],
    ['bytes=-10', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=-11', 206, 'bytes 0-9/10', '0123456789'],
    [' bytes=-0500', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=2-4,100-', 206, 'bytes 2-4/10', '234'],
    ['bytes=0-1,2-3', 206, 'bytes 0-3/10', '0123'],
    ['bytes=0-1,4-5', 200, undefined, '0123456789'],
    ['pages=1-2', 200, undefined, '0123456789'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=-0', 416, 'bytes */10', ''],
    ['bytes=7-3', 416, 'bytes */10', ''],
  ] as const) {
    it(`answers the range ${range} with ${expected[0]}`, async () => {
      assert.deepEqual(await rangeOf(range), expected);
    });
  }

  it('answers any range of an empty file with 416, and the file without one', async () => {
    const empty = join(folder, 'empty.txt');
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) {
      await assert.rejects(prepare(empty, { headers: { range } }), {
        code: 'RANGE_NOT_SATISFIABLE',
        headers: { 'Content-Range': 'bytes */0' },
      });
    }
    const found = await prepare(empty);
    assert.deepEqual([found.status, Number(found.headers['Content-Length']), await textOf(found)], [200, 0, '']);
  });

  it('keeps to a range only while the file is as the client knows it (If-Range)', async () => {
    const range = 'bytes=0-1';
    const same = { 'if-range': written.toUTCString() };
    assert.deepEqual(await rangeOf(range, { headers: same }), [206, 'bytes 0-1/10', '01']);
    for (const ifRange of [new Date(written.getTime() - 1000).toUTCString(), '"another"', 'no date']) {
      const [status, , text] = await rangeOf(range, { headers: { 'if-range': ifRange } });
      assert.deepEqual([status, text], [200, '0123456789'], ifRange);
    }
  });

  it('looks at conditions before the range', async () => {
    const { headers } = await prepare(path);
    const etag = headers['ETag'] ?? '';
    const cached = await prepare(path, { headers: { range: 'bytes=0-1', 'if-none-match': `"x", ${etag}` } });
    assert.deepEqual([cached.status, cached.headers['Content-Length'], await textOf(cached)], [304, undefined, '']);
    await assert.rejects(prepare(path, { headers: { range: 'bytes=99-', 'if-match': '"x"' } }), {
      code: 'PRECONDITION_FAILED',
    });
    const since = new Date(written.getTime() - 1000).toUTCString();
    await assert.rejects(prepare(path, { headers: { 'if-unmodified-since': since } }), { code: 'PRECONDITION_FAILED' });
    const any = await prepare(path, { headers: { 'if-none-match': '*' } });
    assert.equal(any.status, 304);
  });

  it('knows conditions and ranges of GET and HEAD only, and of none where the file is sent in any case', async () => {
    const headers = { range: 'bytes=0-1', 'if-none-match': '*' };
    for (const ask of [{ method: 'POST' }, { method: 'DELETE' }, { whole: true }, { method: 'HEAD', whole: true }]) {
      const found = await prepare(path, { ...ask, headers });
      assert.deepEqual([found.status, Number(found.headers['Content-Length'])], [200, 10]);
    }
    const { status, headers: head } = await prepare(path, { method: 'HEAD', headers: { range: 'bytes=0-1' } });
    assert.deepEqual([status, Number(head['Content-Length'])], [206, 2]);
  });

  it('names the file for saving by its own name, or by the one that is given', async () => {
    const dispositionOf = async (options: FileOptions) =>
      (await prepare(path, { options })).headers['Content-Disposition'];
    assert.equal(await dispositionOf({}), undefined);
    assert.equal(await dispositionOf({ disposition: 'attachment' }), 'attachment; filename=digits.txt');
    assert.equal(await dispositionOf({ disposition: 'inline' }), 'inline; filename=digits.txt');
    assert.equal(await dispositionOf({ filename: 'a"b.txt' }), 'attachment; filename="a\\"b.txt"');
    assert.equal(await dispositionOf({ filename: 'x', disposition: 'inline' }), 'inline; filename=x');
    assert.doesNotMatch((await dispositionOf({ filename: 'a\r\nX: 1' })) ?? '', /[\r\n]/);
  });

  it('has the type and headers that are given; a 304 describes no body', async () => {
    const options: FileOptions = { contentType: 'text/csv', maxAge: 90, headers: { 'X-A': '1', ETag: '"own"' } };
    const { headers } = await prepare(path, { options });
    assert.deepEqual(
      ['Content-Type', 'Cache-Control', 'X-A', 'ETag'].map((name) => headers[name]),
      ['text/csv', 'public, max-age=90', '1', '"own"'],
    );
    const cached = await prepare(path, { options, headers: { 'if-none-match': '*' } });
    assert.deepEqual([cached.status, cached.headers['Content-Type']], [304, undefined]);
  });

  it('follows links, and takes a path as it is: nothing in it is decoded', async () => {
    assert.equal(await textOf(await prepare(join(folder, 'link.txt'))), '0123456789');
    const odd = join(folder, '%2e%2e ?#&"云.txt');
    writeFileSync(odd, 'odd');
    assert.equal(await textOf(await prepare(odd)), 'odd');
    await assert.rejects(prepare(join(folder, 'digits%2Etxt')), { code: 'NOT_FOUND' });
  });

  it('takes a name that is no well-formed text as the file system does', async () => {
    await assert.rejects(prepare(join(folder, '\ud800.txt')), { code: 'NOT_FOUND' });
    writeFileSync(join(folder, '\ud800.txt'), 'replaced');
    assert.equal(await textOf(await prepare(join(folder, '\ud800.txt'))), 'replaced');
  });

  for (const missing of ['none.txt', 'dangling.txt', '', '.', 'digits.txt/x', 'x'.repeat(300), 'nul\0.txt']) {
    it(`is 404 where there is no file: ${JSON.stringify(missing.slice(0, 20))}`, async () => {
      await assert.rejects(prepare(`${folder}/${missing}`), { code: 'NOT_FOUND', message: 'there is no such file' });
    });
  }

  it('leaves no file open that is not read, whatever comes of the request', async () => {
    const { size } = statSync(path);
    for (const headers of [{}, { range: 'bytes=0-1' }, { range: `bytes=${size}-` }, { 'if-none-match': '*' }]) {
      for (const method of ['GET', 'HEAD']) {
        const found = await prepare(path, { headers, method }).catch(() => undefined);
        found?.stream.destroy();
      }
    }
    await prepare(folder).catch(() => undefined);
    await until(() => openFiles() === 0);
    const read = await prepare(path);
    await textOf(read);
    await until(() => openFiles() === 0);
  });
});
