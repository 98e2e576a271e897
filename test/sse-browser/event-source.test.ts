// Event streams as a real browser's EventSource reads them, after the subjects of the web platform tests (eventsource/).
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import type { HttpContext } from '#src/context/http-context.js';
import type { Middleware } from '#src/context/middleware.js';
import { SseContext } from '#src/context/sse-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { Use } from '#src/decorators/use.js';
import { HttpError } from '#src/errors/http-error.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { findChromium } from './find-chromium.js';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Texts that have to arrive as they are but for their line breaks, which all become LF. */
const TEXTS = [
  'plain',
  '',
  ' a blank before',
  'a blank after ',
  ': no comment',
  'data: no field',
  'id: 7',
  'two\nlines',
  'two\r\nlines',
  'two\rlines',
  '\n',
  '\n\nblank lines\n\n',
  'ends with a line break\n',
  'tabs\tand \0 NUL',
  '云函数 é 👩‍👩‍👧',
  '\ufeffa byte order mark',
  '\u2028 separators \u2029 \u0085',
  '{"json":"as text"}',
];

const asked: { path: string; lastEventId: string | undefined; cookie: string | undefined; at: number }[] = [];
let finished: string[] = [];

const noted: Middleware = (context, next) => {
  const { headers } = context.httpContext;
  asked.push({
    path: context.path,
    lastEventId: headers['last-event-id']?.toString(),
    cookie: headers['cookie'],
    at: performance.now(),
  });
  return next();
};
const sharedWithPages: Middleware = (context, next) => {
  context.response
    .setHeader('Access-Control-Allow-Origin', context.httpContext.headers['origin']?.toString() ?? '*')
    .setHeader('Access-Control-Allow-Credentials', 'true');
  return next();
};
const forever = ({ signal }: SseContext) => new Promise((resolve) => signal.addEventListener('abort', resolve));

@Use(noted)
@Controller()
class Streams {
  @Http('GET', '/page') page(_event: unknown, context: HttpContext) {
    context.response.setCookie('visitor', 'ada');
    return { statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>t</title>' };
  }
  @Sse('/texts') async *texts(_event: unknown, context: SseContext) {
    for (const data of TEXTS) yield { data };
    yield { data: 'end', event: 'end' };
    await forever(context);
  }
  @Sse('/fields') async *fields(_event: unknown, context: SseContext) {
    yield { comment: 'nobody sees this\ndata: nor this', data: 1 };
    yield { event: 'named', data: { a: [1] } };
    yield { id: 'own id ü', data: 2 };
    yield { data: 'keeps the id' };
    yield { id: '', data: 'resets the id' };
    yield { event: 'message', id: 3, data: null };
    yield { data: undefined, id: 'without data', event: 'never' };
    yield { data: 'end', event: 'end' };
    await forever(context);
  }
  @Sse('/counter', { retryMs: 30 }) async *counter(_event: unknown, context: SseContext) {
    const from = Number(context.lastEventId ?? 0);
    for (let id = from + 1; id <= from + 3; id++) yield { id, data: id };
  }
  @Sse('/once', { retryMs: 30 }) async *once(_event: unknown, context: SseContext) {
    if (context.lastEventId === undefined) yield { id: 'first', data: 'only' };
  }
  @Sse('/slow-retry') async *slowRetry(_event: unknown, context: SseContext) {
    if (context.lastEventId === undefined) yield { id: 'a', data: 'first', retry: 700 };
    else yield { id: 'b', data: 'second', retry: 600_000 };
  }
  @Sse('/refused') async *refused(): AsyncGenerator<string> {
    yield await Promise.reject<string>(HttpError.forbidden('not you'));
  }
  @Sse('/fails') async *fails(): AsyncGenerator<string> {
    yield 'first';
    throw new Error('midway');
  }
  @Sse('/beats', { heartbeatMs: 20 }) async *beats(_event: unknown, context: SseContext) {
    yield 'one';
    await new Promise((resolve) => setTimeout(resolve, 150));
    yield 'two';
    yield { data: 'end', event: 'end' };
    await forever(context);
  }
  @Sse('/many') async *many(_event: unknown, context: SseContext) {
    for (let id = 1; id <= 3000; id++) yield { id, data: 'x'.repeat(id % 50) };
    yield { data: 'y'.repeat(1_000_000), event: 'large' };
    yield { data: 'end', event: 'end' };
    await forever(context);
  }
  @Sse('/left/:name') async *left(_event: unknown, context: SseContext) {
    try {
      yield 'open';
      await forever(context);
    } finally {
      finished.push(context.params['name'] ?? '');
    }
  }
  @Use(sharedWithPages)
  @Sse('/shared')
  async *shared(_event: unknown, context: SseContext) {
    yield { data: context.cookies['visitor'] ?? 'nobody' };
    await forever(context);
  }
  @Sse('/unshared') async *unshared(_event: unknown, context: SseContext) {
    yield 'never read';
    await forever(context);
  }
  @Http('GET', '/moved') moved() {
    return { statusCode: 307, headers: { Location: '/texts' } };
  }
  @Http('GET', '/json') json() {
    return { not: 'a stream' };
  }
}

interface Seen {
  readonly type: string;
  readonly data?: string;
  readonly id?: string;
  readonly state: number;
}

const executablePath = findChromium();
const without = executablePath === undefined && process.env['CI'] !== 'true' ? 'no Chromium on the PATH' : false;

describe('event streams in a browser', { skip: without }, () => {
  let server: Served;
  let other: Served;
  let browser: Browser;
  let page: Page;
  const profile = mkdtempSync(join(tmpdir(), 'yunction-browser-'));

  before(async () => {
    assert.ok(executablePath !== undefined, 'no Chromium on the PATH, and CI must not go without this test');
    server = await serve({ controllers: [Streams], sseOpenMs: 50 });
    other = await serve({ controllers: [Streams], sseOpenMs: 50 });
    browser = await puppeteer.launch({ executablePath, userDataDir: profile, args: FLAGS });
    page = await browser.newPage();
    await page.goto(`${server.url}/page`);
  });
  after(async () => {
    await browser.close();
    await server.close();
    await other.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  /** What an EventSource of the page dispatches until there are so many events, or one of the type `end`. */
  const see = async (url: string, count: number, options = '{}', types: readonly string[] = []): Promise<Seen[]> => {
    // Text, as it is the browser that compiles it: a function of this file would need the types of the DOM.
    const script = `new Promise((resolve) => {
      const seen = [];
      const source = new EventSource(${JSON.stringify(url)}, ${options});
      const note = (event) => {
        seen.push({ type: event.type, data: event.data, id: event.lastEventId, state: source.readyState });
        if (event.type !== 'end' && seen.length < ${count}) return;
        source.close();
        resolve(seen);
      };
      for (const type of ['message', 'error', 'end', ...${JSON.stringify(types)}]) source.addEventListener(type, note);
    })`;
    return (await page.evaluate(script)) as Seen[];
  };
  const dataOf = (seen: readonly Seen[]) => seen.map(({ data }) => data);

  it('bring every text as it was, whatever line breaks, blanks or colons it holds', async () => {
    const seen = await see('/texts', Number.MAX_SAFE_INTEGER);
    const expected = TEXTS.map((value) => value.replace(/\r\n?/g, '\n'));
    assert.deepEqual(dataOf(seen.slice(0, -1)), expected);
  });

  it('bring names and ids; comments and events without data are not dispatched', async () => {
    const seen = await see('/fields', Number.MAX_SAFE_INTEGER, '{}', ['named', 'never']);
    assert.deepEqual(
      seen.map(({ type, data, id }) => [type, data, id]),
      [
        ['message', '1', ''],
        ['named', '{"a":[1]}', ''],
        ['message', '2', 'own id ü'],
        ['message', 'keeps the id', 'own id ü'],
        ['message', 'resets the id', ''],
        ['message', 'null', '3'],
        ['end', 'end', 'without data'],
      ],
    );
  });

  it('come back with the last id where they ended, after the time that `retryMs` names', async () => {
    asked.length = 0;
    const seen = await see('/counter', 11);
    assert.deepEqual(
      seen.filter(({ type }) => type === 'message').map(({ data }) => Number(data)),
      [1, 2, 3, 4, 5, 6, 7, 8, 9].slice(0, seen.filter(({ type }) => type === 'message').length),
    );
    assert.deepEqual(
      asked.slice(0, 3).map(({ lastEventId }) => lastEventId),
      [undefined, '3', '6'],
    );
    // The errors between are reconnections: the source is connecting, not closed.
    assert.ok(seen.filter(({ type }) => type === 'error').every(({ state }) => state === 0));
  });

  it('wait as long as an event’s `retry` says', async () => {
    asked.length = 0;
    const seen = await see('/slow-retry', 3);
    assert.deepEqual(dataOf(seen), ['first', undefined, 'second']);
    const [first, second] = asked;
    assert.ok(first !== undefined && second !== undefined);
    assert.ok(second.at - first.at >= 700, 'not before its time');
  });

  it('are over for good after 204', async () => {
    asked.length = 0;
    const seen = await see('/once', 3);
    assert.deepEqual(
      seen.map(({ type, state }) => [type, state]),
      [
        ['message', 1],
        ['error', 0],
        ['error', 2],
      ],
    );
    assert.equal(asked.length, 2);
  });

  it('fail for good where the answer is an error, or no event stream', async () => {
    for (const path of ['/refused', '/none', '/json']) {
      assert.deepEqual(
        (await see(path, 1)).map(({ type, state }) => [type, state]),
        [['error', 2]],
        path,
      );
    }
  });

  it('follow a redirect', async () => {
    assert.equal((await see('/moved', 1))[0]?.data, 'plain');
  });

  it('tell of a failure midway by an event with the problem', async () => {
    const [first, failure] = await see('/fails', 2);
    assert.equal(first?.data, 'first');
    assert.equal(failure?.type, 'error');
    assert.equal((JSON.parse(failure?.data ?? '{}') as { code?: string }).code, 'INTERNAL');
  });

  it('show nothing of heartbeats', async () => {
    assert.deepEqual(dataOf(await see('/beats', Number.MAX_SAFE_INTEGER)), ['one', 'two', 'end']);
  });

  it('bring thousands of events in order, and a large one whole', async () => {
    const seen = await see('/many', Number.MAX_SAFE_INTEGER, '{}', ['large']);
    assert.equal(seen.length, 3002); // empty data too is an event
    assert.deepEqual(
      seen.slice(0, 3000).map(({ id }) => Number(id)),
      Array.from({ length: 3000 }, (_, index) => index + 1),
    );
    assert.equal(seen[3000]?.data?.length, 1_000_000);
  });

  it('end on the server when the page closes them, or is closed itself', async () => {
    finished = [];
    await see('/left/closed', 1);
    await until(() => finished.includes('closed'));
    const second = await browser.newPage();
    await second.goto(`${server.url}/page`);
    await second.evaluate(`new Promise((resolve) => {
      new EventSource('/left/page').onmessage = resolve;
    }).then(() => undefined)`);
    await second.close();
    await until(() => finished.includes('page'));
    await until(() => server.app.requestsInFlight.length === 0);
  });

  it('are read across origins where the server allows it, with cookies where the page asks for them', async () => {
    assert.deepEqual(dataOf(await see(`${other.url}/shared`, 1, '{ withCredentials: true }')), ['ada']);
    assert.deepEqual(dataOf(await see(`${other.url}/shared`, 1)), ['nobody']);
    assert.deepEqual(
      (await see(`${other.url}/unshared`, 1)).map(({ type, state }) => [type, state]),
      [['error', 2]],
    );
  });

  it('go on at the next instance when theirs goes down', async () => {
    const going = await serve({ controllers: [Streams], sseOpenMs: 50 });
    const url = `${going.url}/shared`;
    const script = `new Promise((resolve) => {
      const seen = [];
      const source = new EventSource(${JSON.stringify(url)});
      source.onmessage = ({ data }) => {
        seen.push(data);
        if (seen.length < 2) return document.title = 'open';
        source.close();
        resolve(seen);
      };
    })`;
    const seen = page.evaluate(script) as Promise<string[]>;
    await page.waitForFunction(`document.title === 'open'`);
    await going.close();
    const next = await serve({ controllers: [Streams], sseOpenMs: 50, port: going.port });
    assert.deepEqual(await seen, ['nobody', 'nobody']);
    await next.close();
  });
});
