// An application made of what packing could break: see application/main.ts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';

import { PackedProcess, runPack } from './packed-process.js';

const APPLICATION = join(import.meta.dirname, 'application');
const folder = mkdtempSync(join(tmpdir(), 'yunction-pack-'));
after(() => rmSync(folder, { recursive: true }));

mkdirSync(join(folder, 'notes'));
writeFileSync(join(folder, 'notes/note.txt'), 'noted');

for (const [kind, flags] of [
  ['with a code cache', []],
  ['without one', ['--no-cache']],
] as const) {
  describe(`an application packed ${kind}`, () => {
    const out = join(folder, kind.replaceAll(' ', '-'));
    let process: PackedProcess;
    let url: string;

    before(async () => {
      const include = ['--include', join(folder, 'notes')];
      const { code, stderr } = await runPack([
        join(APPLICATION, 'main.js'),
        '--out',
        out,
        ...include,
        '--no-zip',
        ...flags,
      ]);
      // Loaded while it is packed, the application would throw, and a warning would stand here.
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      const outside = join(folder, 'outside.mjs');
      writeFileSync(outside, 'export const word = "outside";');
      process = new PackedProcess(out, { MAY_BE_LOADED: 'yes', OUTSIDE_MODULE: pathToFileURL(outside).href });
      url = await process.url();
    });
    after(() => process.stop());

    const get = async (path: string) => (await fetch(url + path)).text();
    const post = async (path: string, body: object) => {
      const headers = { 'Content-Type': 'application/json' };
      const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await response.json()) as { errors?: { path: string; rule: string; message: string }[] };
    };

    it('has one class-transformer, whose @Type makes instances, and keeps the names of classes', async () => {
      const answer = await post('/orders/loose', { number: 1, lines: [{ sku: 'tea', pairs: 2 }] });
      assert.deepEqual(answer, { event: 'Order', lines: [true] });
    });

    it('applies groups and custom validators, by their names', async () => {
      const strict = await post('/orders', { number: 'one', lines: [{ sku: 't', pairs: 3 }] });
      assert.deepEqual(
        strict.errors?.map(({ path, rule }) => [path, rule]),
        [['number', 'isInt']],
      );
      const loose = await post('/orders/loose', { number: 1, lines: [{ sku: 't', pairs: 3 }] });
      assert.deepEqual(
        loose.errors?.map(({ path, rule, message }) => [path, rule, message]),
        [
          ['lines[0].sku', 'isLength', 'sku must be longer than or equal to 2 characters'],
          ['lines[0].pairs', 'even', 'pairs must be even'],
        ],
      );
    });

    it('reads a path parameter by the name that @Expose gives it', async () => {
      assert.equal(await get('/orders/7'), '{"found":7}');
    });

    it('finds what was included from import.meta.url and import.meta.dirname', async () => {
      assert.equal(await get('/note'), 'noted');
      const sent = await fetch(`${url}/note/sent`);
      assert.equal(await sent.text(), 'noted');
      assert.match(sent.headers.get('content-disposition') ?? '', /filename\*=UTF-8''%C3%A9\.txt$/);
    });

    it('imports its own modules late, and builtins and outside ones too', async () => {
      assert.equal(await get('/late'), 'late');
      assert.equal(await get('/builtin'), 'true');
      assert.equal(await get('/outside'), 'outside');
    });

    it('runs ws at the first connection, not before', async () => {
      assert.deepEqual(JSON.parse(await get('/sockets/loaded')), { https: false });
      const socket = new WebSocket(`${url.replace('http', 'ws')}/sockets`);
      try {
        await once(socket, 'open');
        socket.send('hello');
        const [answer] = (await once(socket, 'message')) as [Buffer];
        assert.equal(answer.toString(), 'hello');
      } finally {
        socket.terminate();
      }
      assert.deepEqual(JSON.parse(await get('/sockets/loaded')), { https: true });
    });
  });
}

describe('a module that exports its controllers', () => {
  it('is started when it is packed, as `yunction start` would', async () => {
    const out = join(folder, 'exports');
    await runPack([join(APPLICATION, 'exports.js'), '--out', out, '--no-zip', '--no-cache']);
    const process = new PackedProcess(out);
    assert.equal(await (await fetch(`${await process.url()}/hello`)).text(), 'hello');
    assert.equal(await process.stop(), 0);
  });
});
