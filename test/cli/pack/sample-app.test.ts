// The sample application packed, run by its scf_bootstrap where no node_modules is in reach.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';

import { PackedProcess, runPack } from './packed-process.js';

const KEY = { 'X-Api-Key': 'secret' };
const ORDER = { email: 'ada@example.com', lines: [{ sku: 'espresso', quantity: 2 }] };

describe('the packed sample application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-pack-'));
  let process: PackedProcess;
  let url: string;

  before(async () => {
    const out = join(folder, 'packed');
    const included = ['--include', 'sample-app/page', '--include', 'built/client'];
    const args = ['sample-app/built/main.js', '--out', out, ...included, '--no-zip'];
    const packed = await runPack(args);
    assert.deepEqual({ code: packed.code, stderr: packed.stderr }, { code: 0, stderr: '' });
    process = new PackedProcess(out, { SAMPLE_API_KEY: 'secret', NODE_ENV: 'production' });
    url = await process.url();
  });
  after(async () => {
    assert.equal(await process.stop(), 0);
    rmSync(folder, { recursive: true });
  });

  const post = (path: string, body: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('takes an order and finds it again, with a number for its number', async () => {
    const placed = await post('/orders', ORDER);
    assert.equal(placed.status, 201);
    assert.equal(placed.headers.get('location'), '/orders/1');
    const found = (await (await fetch(`${url}/orders/1?verbose=true`)).json()) as { id: number; steps: object[] };
    assert.equal(found.id, 1);
    assert.ok(found.steps.length > 0);
    const listed = (await (await fetch(`${url}/orders?page=1&size=1`)).json()) as { total: number };
    assert.equal(listed.total, 1);
  });

  it('refuses what is no order, also in its nested lines', async () => {
    const refused = await post('/orders', { email: 'ada', lines: [{ sku: 'cappuccino', quantity: '2' }, {}] });
    assert.equal(refused.status, 400);
    assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/);
    const { code, errors } = (await refused.json()) as { code: string; errors: { path: string }[] };
    assert.equal(code, 'VALIDATION_FAILED');
    const paths = new Set(errors.map(({ path }) => path));
    assert.deepEqual([...paths], ['email', 'lines[0].quantity', 'lines[1].sku', 'lines[1].quantity']);
    assert.equal((await fetch(`${url}/orders/latte`)).status, 400);
    assert.equal((await fetch(`${url}/orders/99/progress`)).status, 404);
  });

  it('streams the progress of an order', async () => {
    const { headers } = await post('/orders', ORDER);
    const leaving = new AbortController();
    const response = await fetch(`${url}${headers.get('location')}/progress`, { signal: leaving.signal });
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    let text = '';
    assert.ok(response.body !== null);
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('"received"')) break;
    }
    leaving.abort();
    assert.match(text, /event: ?step\nid: ?1\ndata: ?\{/);
  });

  it('keeps an upload behind its key and gives it back whole and in part', async () => {
    assert.equal((await fetch(`${url}/uploads`)).status, 401);
    const form = new FormData();
    form.append('file', new Blob(['0123456789']), 'é.txt');
    form.append('note', 'for Ben');
    const added = await fetch(`${url}/uploads`, { method: 'POST', body: form, headers: KEY });
    const { id, name, bytes, note } = (await added.json()) as Record<string, unknown>;
    assert.deepEqual({ name, bytes, note }, { name: 'é.txt', bytes: 10, note: 'for Ben' });
    const whole = await fetch(`${url}/uploads/${String(id)}`, { headers: KEY });
    assert.equal(await whole.text(), '0123456789');
    assert.match(whole.headers.get('content-disposition') ?? '', /filename\*=UTF-8''%C3%A9\.txt$/);
    const part = await fetch(`${url}/uploads/${String(id)}`, { headers: { ...KEY, Range: 'bytes=2-4' } });
    assert.deepEqual([part.status, await part.text()], [206, '234']);
  });

  it('lets people chat', async () => {
    const { ticket } = (await (await post('/chat/tickets', { name: 'Ada' })).json()) as { ticket: string };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/rooms/bar?ticket=${ticket}`);
    try {
      const messages: { type: string; text?: string }[] = [];
      socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as { type: string }));
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'say', text: 'hello' }));
      while (messages.at(-1)?.type !== 'said') await once(socket, 'message');
      assert.deepEqual(messages[0], { type: 'welcome', room: 'bar', members: ['Ada'] });
      assert.deepEqual(messages.at(-1), { type: 'said', name: 'Ada', text: 'hello' });
    } finally {
      socket.terminate();
    }
  });

  it('shows its page, a file that was included', async () => {
    const page = await fetch(url);
    assert.match(await page.text(), /<!doctype html>/i);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    const client = await fetch(`${url}/client/index.js`);
    assert.match(client.headers.get('content-type') ?? '', /javascript/);
    assert.match(await client.text(), /streamEvents/);
    assert.equal((await fetch(`${url}/client/missing.js`)).status, 404);
  });
});
