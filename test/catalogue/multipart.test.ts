// Rows 25-32 of the catalogue: forms with files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { UploadedFile } from '#src/body/uploaded-file.js';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { exchange, head, post, RawClient } from '../integration/http-raw-client.js';
import { serve } from '../serve.js';
import { until } from '../until.js';
import { catalogue, codeOf, openFiles, SECRET } from './catalogue.js';

const TYPE = 'multipart/form-data; boundary=edge';
const multipart = { 'Content-Type': TYPE };
let calls = 0;
let aborted = 0;

@Controller()
class Uploads {
  @Http('POST', '/upload') upload(event: Record<string, unknown>) {
    calls += 1;
    return Object.entries(event).map(([name, value]) =>
      value instanceof UploadedFile
        ? { name, file: value.originalFilename, kept: value.newFilename, filepath: value.filepath, size: value.size }
        : { name, value },
    );
  }
  @Http('POST', '/waits') async waits(_event: Record<string, unknown>, context: HttpContext) {
    calls += 1;
    await new Promise<void>((resolve) => {
      context.signal.addEventListener('abort', () => {
        aborted += 1;
        resolve();
      });
    });
  }
}

const disposition = (parameters: string) => `Content-Disposition: form-data; ${parameters}\r\n`;
const part = (parameters: string, body = SECRET) => `--edge\r\n${disposition(parameters)}\r\n${body}\r\n`;
const form = (...parts: string[]) => Buffer.from(`${parts.join('')}--edge--\r\n`, 'latin1');

describe('the catalogue: multipart', () => {
  const row = catalogue({ controllers: [Uploads], multipartTimeoutMs: 5000 });

  row(25, 'no boundary, an empty body and a preamble alone are 400', async (server) => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=""']) {
      await server.refuses(
        post('/upload', form(part('name="a"')), { 'Content-Type': type }),
        400,
        'MALFORMED_MULTIPART',
      );
    }
    await server.refuses(post('/upload', '', multipart), 400, 'MALFORMED_MULTIPART');
    await server.refuses(post('/upload', 'only a preamble', multipart), 400, 'MALFORMED_MULTIPART');
    await server.refuses(post('/upload', '--edge', multipart), 400, 'MALFORMED_MULTIPART');
    // The first boundary is another than the one that was announced and stands at the end.
    for (const first of ['--egde', '-edge', 'edge', '--edge2']) {
      const body = form(part('name="a"').replace('--edge', first));
      await server.refuses(post('/upload', body, multipart), 400, 'MALFORMED_MULTIPART');
    }
  });

  row(26, 'a part header that begins with a blank is 400', async (server) => {
    for (const line of [` ${disposition('name="a"')}`, '\tX: y\r\n', ': y\r\n', 'no colon\r\n']) {
      const body = Buffer.from(`--edge\r\n${line}\r\n${SECRET}\r\n--edge--\r\n`);
      await server.refuses(post('/upload', body, multipart), 400, 'MALFORMED_MULTIPART');
    }
  });

  row(27, 'forms that are cut off are 400, and at once', async (server) => {
    for (const body of [
      `--edge\r\n${disposition('name="a"; filename="f"')}\r\n${SECRET}`,
      `--edge\r\n${disposition('name="a"')}\r\n${SECRET}`,
      `--edge\r\n${disposition('name="a"')}\r\n${SECRET}\r\n--ed`,
      `--edge\r\n${disposition('name="a"')}`,
      `--edge\r\n${disposition('name="a"; filename="f"')}--edge--\r\n`,
      `--edge\r\n${disposition('name="a"')}\r\n${SECRET}\r\n--edge`,
      `--edge\r\n${disposition('name="a"')}\r\n${SECRET}\r\n--edge-`,
    ]) {
      await server.refuses(post('/upload', body, multipart), 400, 'MALFORMED_MULTIPART');
    }
  });

  row(28, 'an empty name is 400, __proto__ is a name like any other, a long one is refused', async (server) => {
    for (const parameters of ['name=""', 'filename="f"', 'name=""; filename="f"']) {
      await server.refuses(post('/upload', form(part(parameters)), multipart), 400, 'MALFORMED_MULTIPART');
    }
    const safe = await server.ask(
      post('/upload', form(part('name="__proto__"', '1'), part('name="a[__proto__][x]"', '2')), multipart),
    );
    assert.equal(safe.status, 200);
    assert.deepEqual(JSON.parse(safe.body), [
      { name: '__proto__', value: '1' },
      { name: 'a[__proto__][x]', value: '2' },
    ]);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
    const long = form(part(`name="a${'[b]'.repeat(20_000)}"`));
    const response = await server.ask(post('/upload', long, multipart));
    assert.ok(response.status === 400 || response.status === 413, `${response.status}`);
  });

  row(29, 'a file name is data: its folders are dropped, and the file has a name of ours', async (server) => {
    for (const [name, expected] of [
      ['../../../etc/passwd', 'passwd'],
      ['..\\..\\x.txt', 'x.txt'],
      ['C:\\folder\\x', 'x'],
      ['/etc/passwd', 'passwd'],
      ['..', undefined],
      [`${'n'.repeat(9_000)}.txt`, undefined],
      [`${'n'.repeat(10 * 1024)}.txt`, undefined],
      ['a\r\nb.txt', undefined],
      ['a\r\nX-Forged: 1', undefined],
      ['a\nb.txt', undefined],
      ['a\0b.txt', undefined],
      ['a%0d%0ab.txt', undefined],
      ['x.txt/', undefined],
    ] as const) {
      const response = await server.ask(post('/upload', form(part(`name="f"; filename="${name}"`)), multipart));
      if (response.status === 400 && expected === undefined) continue;
      assert.equal(response.status, 200, response.body);
      const [file] = JSON.parse(response.body) as { file: string | null; kept: string; filepath: string }[];
      assert.doesNotMatch(file?.file ?? '', /[/\\\0\r\n]/);
      if (expected !== undefined) assert.equal(file?.file, expected);
      assert.equal(file?.filepath, join(server.folder, file?.kept ?? ''));
      assert.match(file?.kept ?? '', /^[\w-]+(?:\.\w{1,16})?$/);
    }
  });

  row(30, 'too many files, fields or parts, and a large part header, are 413', async (server) => {
    calls = 0;
    const file = part('name="f"; filename="f.txt"', '');
    const field = part('name="a"', '1');
    await server.refuses(
      post('/upload', form(file.replace('\r\n\r\n\r\n', '\r\n\r\nx\r\n').repeat(5000)), multipart),
      413,
      'TOO_MANY_PARTS',
    );
    await server.refuses(post('/upload', form(field.repeat(20_000)), multipart), 413, 'TOO_MANY_PARTS');
    const large = `--edge\r\nX: ${'x'.repeat(100_000)}\r\n${disposition('name="a"')}\r\n1\r\n--edge--\r\n`;
    const response = await server.ask(post('/upload', large, multipart));
    assert.ok(response.status === 413 || response.status === 400, `${response.status}`);
    // A million, in a body of unknown length: the answer comes long before its end.
    const endless = await RawClient.open(server.port);
    endless.write(head('POST /upload', { ...multipart, 'Transfer-Encoding': 'chunked' }));
    const thousand = field.repeat(1000);
    const chunk = `${thousand.length.toString(16)}\r\n${thousand}\r\n`;
    for (let sent = 0; sent < 1_000_000 && !endless.ended; sent += 1000) {
      if (!endless.socket.write(chunk)) await new Promise((resolve) => void setImmediate(resolve));
    }
    assert.equal(codeOf(await endless.response('POST')), 'TOO_MANY_PARTS');
    await endless.destroy();
    assert.equal(calls, 0);
  });

  row(31, 'uploads that are cut off, 300 of them, leave no file and no descriptor', async (server) => {
    calls = 0;
    const whole = post(
      '/upload',
      form(...[1, 2, 3].map((n) => part(`name="f${n}"; filename="${n}"`, 'x'.repeat(50_000)))),
      multipart,
    );
    const before = openFiles();
    for (let round = 0; round < 15; round++) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const client = await RawClient.open(server.port);
          client.write(whole.subarray(0, Math.floor(whole.length * (0.1 + index * 0.04))));
          await (index % 2 === 0 ? client.reset() : client.destroy());
        }),
      );
    }
    await until(() => server.served.app.requestsInFlight.length === 0);
    await until(() => readdirSync(server.folder).length === 0);
    await until(() => openFiles() <= before);
    assert.equal(calls, 0);
  });

  row(31, 'a client that leaves when its upload is whole aborts the handler, and its files go', async (server) => {
    aborted = 0;
    const client = await RawClient.open(server.port);
    calls = 0;
    client.write(post('/waits', form(part('name="f"; filename="f"', 'x'.repeat(1000))), multipart));
    await until(() => calls === 1);
    assert.equal(readdirSync(server.folder).length, 1);
    await client.reset();
    await until(() => aborted === 1);
    await until(() => readdirSync(server.folder).length === 0);
  });
});

describe('the catalogue: a disk that is full', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]).status === 0;

  const title = 'row 32: an upload that the disk has no room for is 507, and nothing of it stays';
  it(title, { skip: mounted ? false : 'this user may not mount a small disk' }, async () => {
    const server = await serve({ controllers: [Uploads], temporaryFolder: folder });
    try {
      const large = post('/upload', form(part('name="f"; filename="f"', 'x'.repeat(2 << 20))), multipart);
      for (let time = 0; time < 3; time++) {
        const response = await exchange(server.port, large);
        assert.equal(`${response.status} ${codeOf(response)}`, '507 NO_SPACE');
        await until(() => readdirSync(folder).length === 0);
      }
      const small = post('/upload', form(part('name="f"; filename="f"', 'fits')), multipart);
      assert.equal((await exchange(server.port, small)).status, 200);
      assert.equal((await exchange(server.port, head('GET /none'))).status, 404);
    } finally {
      await server.close();
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
