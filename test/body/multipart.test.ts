import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { BodyLimits } from '#src/body/body-limits.js';
import { type MultipartForm, readBody } from '#src/body/read-body.js';
import { UploadedFile, UploadedFiles } from '#src/body/uploaded-file.js';
import { BodyServer, codeOf, cutAt, detailOf, head, LIMITS, listenersOn, post, postChunked } from './body-server.js';

const TYPE = 'multipart/form-data; boundary=B';

let folder: string;
let limits: BodyLimits;
let uploads: UploadedFiles;
let server: BodyServer<MultipartForm>;

async function read(request: IncomingMessage): Promise<MultipartForm> {
  uploads = new UploadedFiles();
  const body = await readBody(request, limits, uploads);
  assert.equal(body.kind, 'multipart');
  return body.value;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'multipart-'));
  limits = { ...LIMITS, temporaryFolder: folder };
  server = await new BodyServer(read).listen();
});
afterEach(() => {
  limits = { ...LIMITS, temporaryFolder: folder };
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Part {
  name?: string;
  filename?: string;
  type?: string;
  body: string | Buffer;
}

function form(parts: readonly Part[], end = '--B--\r\n'): Buffer {
  const pieces = parts.flatMap(({ name, filename, type, body }) => {
    let headers = `--B\r\nContent-Disposition: form-data`;
    if (name !== undefined) headers += `; name="${name}"`;
    if (filename !== undefined) headers += `; filename="${filename}"`;
    if (type !== undefined) headers += `\r\nContent-Type: ${type}`;
    return [Buffer.from(`${headers}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')];
  });
  return Buffer.concat([...pieces, Buffer.from(end)]);
}

function fileOf(value: MultipartForm[string] | undefined): UploadedFile {
  assert.ok(value instanceof UploadedFile);
  return value;
}

/** The form with the text of its files. */
async function plain(value: MultipartForm | undefined): Promise<Record<string, unknown>> {
  assert.ok(value !== undefined);
  const names = Object.entries(value).map(async ([name, entry]) => {
    const texts = [entry]
      .flat()
      .map(async (one) => (one instanceof UploadedFile ? { file: String(await one.bytes()) } : one));
    return [name, Array.isArray(entry) ? await Promise.all(texts) : await texts[0]] as const;
  });
  return Object.fromEntries(await Promise.all(names));
}

async function assertRefused(raw: Buffer, code: string): Promise<string> {
  const outcome = await server.exchange(raw);
  assert.equal(codeOf(outcome), code);
  assert.deepEqual(await readdir(folder), []);
  assert.equal(listenersOn(outcome.request), 0);
  assert.equal(outcome.answerable, true);
  return detailOf(outcome);
}

/** What is taken out may leave another one behind: `--` and `B` on both sides of it. */
function withoutBoundary(text: string): string {
  const cleaned = text.replaceAll('--B', '');
  return cleaned === text ? text : withoutBoundary(cleaned);
}

describe('a multipart body', () => {
  it('becomes fields and files, repeated names as arrays in order of arrival', async () => {
    const body = form([
      { name: 'a', body: '1' },
      { name: 'both', filename: 'x.txt', body: 'first' },
      { name: 'a', body: '云' },
      { name: 'both', body: 'second' },
      { name: '文件', filename: '中文.txt', type: 'text/csv', body: 'x'.repeat(300_000) },
      { name: 'both', filename: 'y.txt', body: '' },
    ]);
    const { value } = await server.exchange(post(TYPE, body));
    assert.deepEqual(await plain(value), {
      a: ['1', '云'],
      both: [{ file: 'first' }, 'second', { file: '' }],
      文件: { file: 'x'.repeat(300_000) },
    });
    const file = fileOf(value?.文件);
    assert.deepEqual([file.size, file.originalFilename, file.mimetype], [300_000, '中文.txt', 'text/csv']);
    assert.equal(file.filepath, join(folder, file.newFilename));
    assert.match(file.newFilename, /^[0-9a-f-]{36}\.txt$/);
    assert.equal((await stat(file.filepath)).mode & 0o777, 0o600);
    assert.equal((await readdir(folder)).length, 3);
    await uploads.discard();
    assert.deepEqual(await readdir(folder), []);
  });

  it('as a browser sends it is understood', async () => {
    const data = new FormData();
    data.append('text', 'é');
    data.append('file', new File(['content'], 'a "b".txt', { type: 'text/plain' }));
    const response = new Response(data);
    const raw = post(response.headers.get('content-type') ?? '', Buffer.from(await response.arrayBuffer()));
    const { value } = await server.exchange(raw);
    assert.deepEqual(await plain(value), { text: 'é', file: { file: 'content' } });
    await uploads.discard();
  });

  it('has the same form however it is cut into chunks', async () => {
    const part = fc.record({
      name: fc.constantFrom('a', 'b', '__proto__'),
      isFile: fc.boolean(),
      body: fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'B', '\r\n--', 'x', '云') }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 5 }),
        fc.array(fc.nat(2000), { maxLength: 8 }),
        async (parts, places) => {
          const clean = parts.map((one) => ({ ...one, body: withoutBoundary(one.body) }));
          const bytes = form(clean.map(({ isFile, ...one }) => (isFile ? { ...one, filename: 'f' } : one)));
          const { value, error } = await server.exchange(postChunked(TYPE, cutAt(bytes, places)));
          assert.equal(error, undefined);
          const expected = new Map<string, unknown[]>();
          for (const { name, isFile, body } of clean) {
            expected.set(name, [...(expected.get(name) ?? []), isFile ? { file: body } : body]);
          }
          const found = new Map(Object.entries(await plain(value)).map(([name, entry]) => [name, [entry].flat()]));
          assert.deepEqual(found, expected);
          await uploads.discard();
        },
      ),
      { numRuns: 100 },
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('may be compressed, have a preamble, an epilogue and no parts', async () => {
    const zipped = gzipSync(form([{ name: 'a', filename: 'a', body: 'x' }]));
    const { value } = await server.exchange(post(TYPE, zipped, { 'Content-Encoding': 'gzip' }));
    assert.deepEqual(await plain(value), { a: { file: 'x' } });
    await uploads.discard();
    const wrapped = `preamble\r\n${form([{ name: 'a', body: '1' }])}epilogue\r\n--B\r\n`;
    assert.deepEqual(await plain((await server.exchange(post(TYPE, wrapped))).value), { a: '1' });
    assert.deepEqual(await plain((await server.exchange(post(TYPE, '--B--\r\n'))).value), {});
  });

  it('ends at its closing boundary, whatever follows and however it is cut into chunks', async () => {
    const more = form(
      [
        { name: 'a', filename: 'f', body: 'x' },
        { name: 'a', body: '2' },
      ],
      '--B',
    );
    const whole = Buffer.concat([form([{ name: 'a', body: '1' }]), more]);
    for (let at = 0; at < whole.length; at += 7) {
      const { value } = await server.exchange(postChunked(TYPE, cutAt(whole, [at])));
      assert.deepEqual(await plain(value), { a: '1' });
    }
    assert.deepEqual(await readdir(folder), []);
  });

  it('leaves out a file input that the user left empty, and keeps an empty file', async () => {
    const body = form([
      { name: 'none', filename: '', type: 'application/octet-stream', body: '' },
      { name: 'empty', filename: 'empty.bin', type: 'application/octet-stream', body: '' },
      { name: 'unnamed', filename: '', type: 'application/octet-stream', body: 'x' },
    ]);
    const { value } = await server.exchange(post(TYPE, body));
    assert.deepEqual(await plain(value), { empty: { file: '' }, unnamed: { file: 'x' } });
    assert.equal(fileOf(value?.unnamed).originalFilename, null);
    assert.equal((await readdir(folder)).length, 2);
    await uploads.discard();
  });

  it('may name fields as the properties of Object.prototype', async () => {
    const body = form([
      { name: '__proto__', body: '1' },
      { name: 'constructor', body: '2' },
      { name: `a${'[b]'.repeat(60)}`, body: '3' },
    ]);
    const { value } = await server.exchange(post(TYPE, body));
    assert.ok(value !== undefined);
    assert.equal(Object.getPrototypeOf(value), null);
    assert.deepEqual(Object.entries(value), [
      ['__proto__', '1'],
      ['constructor', '2'],
      [`a${'[b]'.repeat(60)}`, '3'],
    ]);
  });

  for (const [filename, wanted] of [
    ['../../../etc/passwd', 'passwd'],
    ['C:\\x', 'x'],
    ['..', null],
    ['n'.repeat(10_000), 'n'.repeat(10_000)],
  ] as const) {
    it(`takes the file name ${filename.slice(0, 20)} as data only`, async () => {
      const { value } = await server.exchange(post(TYPE, form([{ name: 'f', filename, body: 'x' }])));
      const file = fileOf(value?.f);
      assert.equal(file.originalFilename, wanted);
      assert.equal(file.filepath, join(folder, file.newFilename));
      await uploads.discard();
    });
  }

  it('creates the temporary folder when it is missing', async () => {
    limits = { ...limits, temporaryFolder: join(folder, 'new', 'folder') };
    const { value } = await server.exchange(post(TYPE, form([{ name: 'f', filename: 'f', body: 'x' }])));
    assert.equal(existsSync(fileOf(value?.f).filepath), true);
    await uploads.discard();
    await rm(join(folder, 'new'), { recursive: true });
  });
});

describe('a malformed multipart body', () => {
  const file = { name: 'f', filename: 'f', body: 'x'.repeat(100_000) };
  const malformed: [string, string | undefined, string | Buffer][] = [
    ['without a boundary', 'multipart/form-data', form([file])],
    ['with an empty boundary', 'multipart/form-data; boundary=""', form([file])],
    ['with a boundary of 71 characters', `multipart/form-data; boundary=${'b'.repeat(71)}`, form([file])],
    ['with a boundary that is not ASCII', 'multipart/form-data; boundary="é"', form([file])],
    ['of no bytes', TYPE, ''],
    ['of a preamble only', TYPE, 'preamble\r\n'],
    ['of a preamble and no parts', TYPE, 'preamble\r\n--B--\r\n'],
    ['that begins with another boundary', TYPE, String(form([{ name: 'a', body: '1' }])).replace('--B\r\n', '--C\r\n')],
    [
      'whose first part has another boundary',
      TYPE,
      `--C\r\nContent-Disposition: form-data; name="b"\r\n\r\nx\r\n${String(form([file]))}`,
    ],
    ['that never shows its boundary', TYPE, String(form([file])).replaceAll('--B', '--C')],
    [
      'with a boundary in place of a body, which ends there',
      TYPE,
      '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n--B\r\n--',
    ],
    [
      'with a boundary in place of a body, and a file that would have no end',
      TYPE,
      '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n--B\r\n\r\nContent-Disposition: form-data; name="g"; filename="g"\r\n\r\nx\r\n--B--',
    ],
    ['cut off in a file', TYPE, form([file]).subarray(0, -50)],
    ['cut off in a later field', TYPE, `${form([file], '')}--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx`],
    ['cut off in a header', TYPE, `${form([file], '')}--B\r\nContent-Disp`],
    ['cut off in the closing boundary', TYPE, form([file], '--B-')],
    [
      'with a header line that starts with a space',
      TYPE,
      '--B\r\n Content-Disposition: form-data; name="a"\r\n\r\nx\r\n--B--',
    ],
    ['with a header line of no colon', TYPE, '--B\r\nContent-Disposition\r\n\r\nx\r\n--B--'],
    ['with a line break in a header', TYPE, form([file, { name: 'f', filename: 'a\nb', body: 'x' }])],
    ['with NUL in a header', TYPE, form([{ name: 'f', filename: 'a\0b', body: 'x' }])],
    ['with 100 KB of part headers', TYPE, `--B\r\nX: ${'x'.repeat(100_000)}\r\n\r\nx\r\n--B--`],
    ['with a boundary right after headers', TYPE, '--B\r\nContent-Disposition: form-data; name="a"\r\n--B--\r\n'],
    [
      'with a boundary between the headers of two parts',
      TYPE,
      '--B\r\nContent-Disposition: form-data; name="a"\r\n--B\r\nContent-Disposition: form-data; name="b"\r\n\r\nx\r\n--B--',
    ],
    ['with something behind a boundary', TYPE, `${form([file], '')}--Bx\r\n${form([{ name: 'b', body: 'x' }])}`],
    ['with a part that has no Content-Disposition', TYPE, `${form([file], '')}--B\r\nX: y\r\n\r\nx\r\n--B--`],
    ['with an empty name', TYPE, form([file, { name: '', body: 'x' }])],
    ['with a file of no name', TYPE, form([file, { filename: 'f', body: 'x' }])],
    ['with a field of no name', TYPE, form([file, { body: 'x' }])],
  ];
  for (const [what, type, body] of malformed) {
    it(`${what} is refused, and nothing is left of it`, async () => {
      await assertRefused(post(type, body), 'MALFORMED_MULTIPART');
      await assertRefused(postChunked(type, cutAt(Buffer.from(body), [10, 50, 100])), 'MALFORMED_MULTIPART');
    });
  }

  it('may be anything: it is refused or understood, and nothing is left of it', async () => {
    const piece = fc.oneof(
      fc.constantFrom('--B', '--B--', '\r\n', '\r', '\n', '-', ' ', ':', '"', ';', '\0', 'x'.repeat(70_000)),
      fc.constantFrom('Content-Disposition: form-data; name="a"', 'Content-Type: application/octet-stream'),
      fc.constantFrom('; filename="f"', '\r\n\r\n', '\r\n--B\r\n', '\r\n--B--', 'content-disposition: form-data'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
        const outcome = await server.exchange(postChunked(TYPE, pieces));
        if (outcome.error !== undefined) assert.equal(codeOf(outcome), 'MALFORMED_MULTIPART');
        await uploads.discard();
        assert.deepEqual(readdirSync(folder), []);
        assert.equal(listenersOn(outcome.request), 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a multipart body over a limit', () => {
  const file = { name: 'f', filename: 'f', body: 'x'.repeat(1000) };

  it('of a file is refused, and one of exactly the limit is taken', async () => {
    limits = { ...limits, maxFileBytes: 1000 };
    const { value } = await server.exchange(post(TYPE, form([file])));
    assert.equal(fileOf(value?.f).size, 1000);
    await uploads.discard();
    const detail = await assertRefused(
      post(TYPE, form([file, { name: 'g', filename: 'g', body: 'x'.repeat(1001) }])),
      'FILE_TOO_LARGE',
    );
    assert.equal(detail, 'a file has at most 1000 bytes');
  });

  it('of a large file is refused when its last bytes have come as well', async () => {
    limits = { ...limits, maxFileBytes: 2 * 1024 * 1024 };
    const large = { name: 'f', filename: 'f', body: Buffer.alloc(2 * 1024 * 1024 + 1) };
    await assertRefused(post(TYPE, form([large])), 'FILE_TOO_LARGE');
    await uploads.discard();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('of fields, files or parts is refused, and one of exactly the limit is taken', async () => {
    limits = { ...limits, maxFormFields: 3, maxFiles: 2, maxFormParts: 4 };
    const field = { name: 'a', body: '1' };
    for (const parts of [
      [field, field, field, file],
      [field, field, file, file],
    ]) {
      const { value } = await server.exchange(post(TYPE, form(parts)));
      assert.equal([value?.a, value?.f].flat().length, 4);
      await uploads.discard();
    }
    const tooMany: [string, Part[]][] = [
      ['at most 3 fields', [file, field, field, field, field]],
      ['at most 2 files', [field, file, file, file]],
      ['at most 4 parts', [field, field, field, file, file]],
    ];
    for (const [detail, parts] of tooMany) {
      assert.equal(await assertRefused(post(TYPE, form(parts)), 'TOO_MANY_PARTS'), detail);
    }
  });

  it('of thousands of files or fields is refused', async () => {
    await assertRefused(
      post(TYPE, form(Array.from({ length: 5000 }, () => ({ ...file, body: 'x' })))),
      'TOO_MANY_PARTS',
    );
    await assertRefused(
      post(TYPE, form(Array.from({ length: 5000 }, () => ({ name: 'a', body: '' })))),
      'TOO_MANY_PARTS',
    );
  });

  it('of field names is refused', async () => {
    await assertRefused(post(TYPE, form([file, { name: '云'.repeat(67), body: '' }])), 'BODY_TOO_LARGE');
    await assertRefused(post(TYPE, form([file, { ...file, name: 'n'.repeat(201) }])), 'BODY_TOO_LARGE');
  });

  it('of field bytes is refused, in one field or in all together, and file bytes do not count', async () => {
    limits = { ...limits, maxBodyBytes: 500 };
    const half = { name: 'a', body: 'x'.repeat(250) };
    const { value } = await server.exchange(post(TYPE, form([half, file, half])));
    assert.deepEqual(value?.a, [half.body, half.body]);
    await uploads.discard();
    await assertRefused(post(TYPE, form([half, file, half, { name: 'b', body: 'x' }])), 'BODY_TOO_LARGE');
    await assertRefused(post(TYPE, form([file, { name: 'a', body: 'x'.repeat(501) }])), 'BODY_TOO_LARGE');
  });

  for (const [what, start] of [
    ['a preamble', 'x'],
    ['a field', '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n'],
    ['a part without a name', '--B\r\nX: y\r\n\r\n'],
    ['an epilogue', '--B--\r\n'],
  ] as const) {
    it(`of ${what} without end is refused`, async () => {
      limits = { ...limits, maxFormParts: 100, maxFiles: 1 };
      const chunks = [start, ...Array<string>(40).fill('x'.repeat(50_000))];
      await assertRefused(postChunked(TYPE, chunks), 'BODY_TOO_LARGE');
    });
  }

  it('of all limits together is refused as soon as its length is announced', async () => {
    const length = String(300 << 20);
    await assertRefused(head(TYPE, { 'Content-Length': length }), 'BODY_TOO_LARGE');
  });

  it('of time is refused', async () => {
    limits = { ...limits, multipartTimeoutMs: 100 };
    const start = form([file], '--B\r\nContent-Disposition: form-data; name="g"; filename="g"\r\n\r\nabc');
    await assertRefused(Buffer.concat([head(TYPE, { 'Content-Length': '100000' }), start]), 'REQUEST_TIMEOUT');
  });
});

/** Two files, and the beginning of a third. */
function unfinished(): Buffer {
  const file = { name: 'f', filename: 'f', body: 'x'.repeat(1000) };
  return form([file, file], '--B\r\nContent-Disposition: form-data; name="g"; filename="g"\r\n\r\nabc');
}

/** Leaves when all three are on the disk. */
async function breakOff(): Promise<void> {
  const socket = server.open(head(TYPE, { 'Content-Length': '100000' }), unfinished());
  const written = setInterval(() => {
    if (readdirSync(folder).length === 3) socket.destroy();
  }, 1);
  const outcome = await server.outcome();
  clearInterval(written);
  assert.equal(codeOf(outcome), 'INCOMPLETE_BODY');
  assert.equal(listenersOn(outcome.request), 0);
  assert.deepEqual(readdirSync(folder), []);
}

/** How many descriptors are open; 0 where the system does not tell. */
function descriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

describe('an upload that breaks off', () => {
  it('is deleted, with no descriptor and no listener left of 200 of them', async () => {
    await breakOff();
    const usual = descriptors();
    for (let i = 0; i < 200; i += 1) await breakOff();
    // A socket of the last one may still be closing.
    assert.ok(descriptors() <= usual + 2, `${usual} descriptors before, ${descriptors()} after`);
  });

  it('is deleted wherever the client leaves', async () => {
    const whole = form([{ name: 'f', filename: 'f', body: 'x'.repeat(500) }]);
    for (let at = 0; at < whole.length; at += 37) {
      server.open(head(TYPE, { 'Content-Length': String(whole.length) }), whole.subarray(0, at)).end();
      assert.equal(codeOf(await server.outcome()), 'INCOMPLETE_BODY');
      assert.deepEqual(readdirSync(folder), []);
    }
  });

  it('is deleted and read no further when the request has ended on the side of the server', async () => {
    const socket = server.open(head(TYPE, { 'Content-Length': '100000' }), unfinished());
    while (readdirSync(folder).length < 3) await new Promise((resolve) => setImmediate(resolve));
    await uploads.discard();
    assert.deepEqual(readdirSync(folder), []);
    const outcome = await server.outcome();
    assert.ok(outcome.error instanceof Error);
    assert.equal(listenersOn(outcome.request), 0);
    socket.destroy();
  });

  it('because the folder cannot be used fails as a fault of the server', async () => {
    limits = { ...limits, temporaryFolder: '/dev/null/uploads' };
    const outcome = await server.exchange(post(TYPE, form([{ name: 'f', filename: 'f', body: 'x' }])));
    assert.match(String(outcome.error), /ENOTDIR/);
    assert.equal(listenersOn(outcome.request), 0);
  });
});
