import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import puppeteer from 'puppeteer-core';
import { Channels } from '#src/channels/channels.js';
import { HttpContext } from '#src/context/http-context.js';
import { SseContext } from '#src/context/sse-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { ROOT } from '../imports.js';
import { serve } from '../serve.js';
import { until } from '../until.js';

/** What the page does: it writes what it is told to its window. */
const PAGE = `<!doctype html><script type="module">
import { connect, streamEvents } from '/client/index.js';
window.got = { messages: [], told: [], events: [] };
const chat = connect('/chat', { resume: true, backoff: { minMs: 5, maxMs: 50 } });
chat.on('message', (message) => got.messages.push(message instanceof ArrayBuffer ? [...new Uint8Array(message)] : message));
chat.on('open', ({ resumed }) => got.told.push(resumed ? 'resumed' : 'open'));
window.ask = (message) => chat.request(message);
window.close = () => chat.close();
(async () => {
  for await (const { data, id } of streamEvents('/ask', { body: { from: 1 }, headers: { 'X-Own': 'yes' } })) got.events.push([data, id]);
  got.events.push('end');
})();
</script>`;

/** The path of a Chromium on this machine; undefined where the PATH has none. */
function findChromium(): string | undefined {
  const found = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => spawnSync('which', [name]).stdout);
  return found.map((path) => path.toString().trim()).find((path) => path !== '');
}

let cut: () => void = () => undefined;

@Controller()
class Site {
  constructor(private readonly channels: Channels) {}
  @Http('GET', '/')
  page(_event: unknown, { response }: HttpContext) {
    response.setHeader('Content-Type', 'text/html');
    return PAGE;
  }
  @Http('GET', '/client/:file')
  async code(_event: unknown, { response, params }: HttpContext) {
    response.setHeader('Content-Type', 'text/javascript');
    return readFile(join(ROOT, 'built/client', params['file'] ?? ''), 'utf8');
  }
  @Sse('/ask', { method: 'POST' })
  async *ask({ from }: { from: number }, { lastEventId, headers }: SseContext) {
    for (let n = lastEventId === undefined ? from : Number(lastEventId) + 1; n <= 3; n += 1) {
      yield { id: String(n), retry: 5, data: { n, own: headers['x-own'] } };
      if (n === 2) return;
    }
  }
  @WebSocket('/chat', { on: 'open', resume: true })
  async open(_event: unknown, { ws }: WebSocketContext) {
    if (!ws.resumed) await ws.join('room');
  }
  @WebSocket('/chat', { type: 'say' })
  async say({ text }: { text: string }, { ws }: WebSocketContext) {
    await this.channels.publish('room', { text });
    ws.send(Buffer.from([1, 2, 3]));
    return { heard: text };
  }
  @WebSocket('/chat', { type: 'cut' })
  cut(_message: unknown, { ws }: WebSocketContext) {
    cut = () => ws.close(1012, 'come back');
  }
}

it('the client works in a real browser', async (t) => {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    assert.notEqual(process.env['CI'], 'true', 'no Chromium on the PATH, and CI must not go without this test');
    t.skip('no Chromium on the PATH');
    return;
  }
  const served = await serve({ controllers: [Site] });
  const userDataDir = await mkdtemp(join(tmpdir(), 'yunction-client-browser-'));
  const browser = await puppeteer.launch({
    executablePath,
    userDataDir,
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    const page = await browser.newPage();
    const complaints: unknown[] = [];
    page.on('pageerror', (error) => complaints.push(error));
    await page.goto(`${served.url}/`);
    assert.deepEqual(await page.evaluate(`ask({ type: 'say', text: 'ü' })`), { heard: 'ü' });
    await page.evaluate(`ask({ type: 'cut' })`);
    cut();
    await until(() => served.app.requestsInFlight.length === 0 || complaints.length > 0);
    assert.deepEqual(await page.evaluate(`ask({ type: 'say', text: 'again' })`), { heard: 'again' });
    await page.waitForFunction(`got.messages.length === 4 && got.events.includes('end')`);
    const got = (await page.evaluate('got')) as Record<string, unknown>;
    const texts = (got['messages'] as unknown[]).filter((message) => !Array.isArray(message));
    assert.deepEqual(texts, [{ text: 'ü' }, { text: 'again' }]);
    assert.deepEqual((got['messages'] as unknown[]).filter(Array.isArray), [
      [1, 2, 3],
      [1, 2, 3],
    ]);
    assert.deepEqual(got['told'], ['open', 'resumed']);
    const event = (n: number) => [{ n, own: 'yes' }, String(n)];
    assert.deepEqual(got['events'], [event(1), event(2), event(3), 'end']);
    assert.deepEqual(complaints, []);
    await page.evaluate('window.close()');
    await until(() => served.app.requestsInFlight.length === 0);
  } finally {
    await browser.close();
    await served.close();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});
