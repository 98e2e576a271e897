import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';
import { MarkdownPage } from '../docs/markdown-page.js';
import { PackedProjects } from './packed-projects.js';

// The shapes of projects that the platform's documents describe, copied as they stand and run by `npx yunction start`
// from the packed package.

describe('a project of the platform, run by npx yunction start,', () => {
  const projects = new PackedProjects();
  before(() => projects.install());
  after(() => projects.remove());

  it('may be a folder with only index.js', async () => {
    const url = await projects.start('only-index');
    assert.equal(await text(new URL('/any/where?x=1', url)), '[GET][/any/where] Hello world!');
    assert.equal(await text(url, { method: 'DELETE' }), '[DELETE][/] Hello world!');
  });

  it('may be a single function with src, built and cloudbase-functions.json', async () => {
    const url = await projects.start('single-function');
    assert.deepEqual(await json(url), { greeting: 'Hello world!', method: 'GET' });
    const answer = await json(new URL('/below', url), posted({ name: 'Ada' }));
    assert.deepEqual(answer, { greeting: 'Hello Ada!', method: 'POST' });
  });

  it('may be several functions, each with a package.json, a tsconfig.json and a built of its own', async () => {
    const url = await projects.start('multi-function');
    assert.equal(await text(new URL('/a', url)), 'func-a /a');
    assert.equal(await text(new URL('/a/bc', url)), 'func-a /a/bc');
    assert.equal(await text(new URL('/a/b', url)), 'func-b /a/b');
    assert.equal(await text(new URL('/a/b/c', url)), 'func-b /a/b/c');
    assert.equal(await text(new URL('/b?x=/a', url)), 'func-b /b');
    assert.equal((await fetch(new URL('/c', url))).status, 404);
  });

  it('may be on its way to controllers, as docs/migrating.md says', async () => {
    const url = await projects.start('migrating', migratingProject());
    const order = { email: 'ada@example.org', quantity: 2 };
    const answer = await fetch(new URL('/orders', url), posted(order));
    assert.equal(answer.status, 201);
    assert.deepEqual(await answer.json(), { state: 'placed', quantity: 2 });
    const refused = await fetch(new URL('/orders', url), posted({ ...order, quantity: 0 }));
    assert.equal(((await refused.json()) as { code: string }).code, 'VALIDATION_FAILED');
    assert.deepEqual(await json(new URL('/ordering', url)), { page: '/ordering' });
  });

  describe('may have a plain function beside controllers:', () => {
    let url: URL;
    before(async () => {
      url = await projects.start('beside-controllers');
    });

    it('HTTP goes by the longest prefix', async () => {
      assert.deepEqual(await json(new URL('/api?who=ada', url)), { plain: '/api', who: 'ada' });
      assert.deepEqual(await json(new URL('/api/roomy', url)), { plain: '/api/roomy', who: null });
      assert.deepEqual(await json(new URL('/api/rooms/7', url)), { room: 7, path: '/api/rooms/7' });
      const refused = await fetch(new URL('/api/rooms/none', url));
      assert.equal(refused.status, 400);
      assert.equal(((await refused.json()) as { code: string }).code, 'VALIDATION_FAILED');
    });

    it('SSE goes by the longest prefix', async () => {
      assert.equal(await firstEvent(new URL('/api/stream', url), 'plain'), '{"from":"hello"}');
      assert.equal(await firstEvent(new URL('/api/rooms/7/events', url), 'room'), '{"room":7}');
    });

    it('WebSockets go by the longest prefix, whatever the query is', async () => {
      assert.equal(await firstAnswer(new URL('/api?ticket=valid', url), 'hi'), 'plain: hi');
      assert.equal(await firstAnswer(new URL('/api/deeper?x=/api/rooms&ticket=valid', url), 'hi'), 'plain: hi');
      assert.equal(await firstAnswer(new URL('/api/rooms/7/chat?ticket=valid', url), '{"text":"hi"}'), 'room 7: hi');
    });

    it('each refuses WebSockets in its own way', async () => {
      assert.equal(await refusalOf(new URL('/api?ticket=no', url)), 403);
      assert.equal(await refusalOf(new URL('/api/rooms/7/chat?ticket=no', url)), 403);
      assert.equal(await refusalOf(new URL('/api/rooms/7/chat', url)), 400);
      assert.equal(await refusalOf(new URL('/api/rooms/7/nothing?ticket=valid', url)), 404);
    });
  });
});

/** The files of its section "One function at a time", with what it says in words. */
function migratingProject(): Map<string, string> {
  const page = new MarkdownPage('docs/migrating.md');
  const blocks = page.blocks('From functions-framework');
  const files = new Map(blocks.flatMap(({ file, code }) => (file === undefined ? [] : [[file, code] as const])));
  assert.deepEqual([...files.keys()], ['index.js', 'orders/src/index.ts']);
  const named = (pages: MarkdownPage, name: string) => {
    const found = pages.blocks().find(({ language, lead }) => language === 'json' && lead.includes(`\`${name}\`:`));
    assert.ok(found !== undefined, name);
    return found.code;
  };
  return files
    .set('cloudbase-functions.json', named(page, 'cloudbase-functions.json'))
    .set('orders/tsconfig.json', named(new MarkdownPage('README.md'), 'tsconfig.json'))
    .set('orders/package.json', '{ "type": "module" }')
    .set('package.json', '{ "private": true }');
}

function posted(value: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } };
}

async function text(url: URL, init?: RequestInit): Promise<string> {
  return (await fetch(url, init)).text();
}

async function json(url: URL, init?: RequestInit): Promise<unknown> {
  return (await fetch(url, init)).json();
}

async function firstEvent(url: URL, type: string): Promise<string> {
  const source = new EventSource(url);
  const event = await new Promise<MessageEvent>((resolve, reject) => {
    source.addEventListener(type, resolve);
    source.addEventListener('error', (error) => reject(new Error(error.message ?? 'the stream broke')));
  });
  source.close();
  return event.data as string;
}

async function firstAnswer(url: URL, message: string): Promise<string> {
  const socket = new WebSocket(url.href.replace('http', 'ws'));
  await once(socket, 'open');
  socket.send(message);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return answer.toString();
}

async function refusalOf(url: URL): Promise<number | undefined> {
  const socket = new WebSocket(url.href.replace('http', 'ws'));
  socket.on('error', () => undefined); // follows the refusal
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  socket.terminate();
  return response.statusCode;
}
