import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EventSource } from 'eventsource';
import { request } from 'undici';

import { until } from '../until.js';
import { serveProject, type ServedProject } from './serve-project.js';

const STREAMS = `
const notes = (globalThis.streamNotes = { closed: [], late: [] });
const handlers = {
  single({ sse }) { const s = sse(); s.send({ data: 'one', id: '1' }); s.end({ data: 'last' }); },
  array({ sse }) { const s = sse(); s.send([{ data: 'a' }, 'data: b\\n\\n', Buffer.from('data: c\\n\\n')]); s.end(); },
  twice(context) { const s = context.sse(); s.end({ data: String(s === context.sse()) }); },
  afterReturn({ sse }) { setTimeout(() => notes.late.push(sse()), 50); return 'done'; },
  stays({ sse }) { const s = sse({ keepalive: false, headers: { 'X-Own': 'y', 'Content-Type': 'text/css' } });
    s.on('close', () => notes.closed.push(s.closed)); s.send({ data: 'first' }); return 'ignored'; },
  throws({ sse }) { const s = sse(); s.send({ data: 'before' }); throw new Error('went wrong'); },
  rejects: async ({ sse }) => { sse(); await 1; throw new Error('went wrong'); },
  badHeader({ sse }) { sse({ headers: { 'X-Bad': 'a\\nb' } }); },
  slow: () => new Promise(() => {}),
  dots: ({ httpContext }) => httpContext.url,
};
exports.main = (event, context) => handlers[new URL(context.httpContext.url).pathname.split('/').pop()](context);
`;
interface Notes {
  closed: boolean[];
  late: unknown[];
}

/** What the function has written down: it runs in this process. */
function notesOf(): Notes {
  const { streamNotes } = globalThis as { streamNotes?: Notes };
  assert.ok(streamNotes !== undefined, 'the function has been loaded');
  return streamNotes;
}

describe('a plain function', () => {
  let served: ServedProject;
  before(async () => {
    served = await serveProject({ 'index.js': STREAMS }, { handlerTimeoutMs: 200 });
  });
  after(() => served.close());
  const text = async (path: string) => (await request(`${served.url}${path}`)).body.text();

  it('streams a single event and a last one', async () => {
    const response = await request(`${served.url}/single`, { headers: { 'X-Request-Id': 'abc' } });
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(response.headers['x-request-id'], 'abc');
    assert.equal(await response.body.text(), 'id: 1\ndata: one\n\ndata: last\n\n');
  });

  it('streams an array, raw text and raw bytes', async () => {
    assert.equal(await text('/array'), 'data: a\n\ndata: b\n\ndata: c\n\n');
  });

  it('gets the same stream at every call', async () => {
    assert.equal(await text('/twice'), 'data: true\n\n');
  });

  it('gets null for a stream when it has returned', async () => {
    assert.equal(await text('/afterReturn'), 'done');
    const { late } = notesOf();
    await until(() => late.length > 0);
    assert.deepEqual(late, [null]);
  });

  it('keeps its stream when it returns, until the client leaves, and hears of that', async () => {
    const response = await request(`${served.url}/stays`);
    const { closed } = notesOf();
    assert.deepEqual(
      [response.headers['x-own'], response.headers['content-type']],
      ['y', 'text/event-stream; charset=utf-8'],
    );
    response.body.once('error', () => undefined);
    response.body.destroy();
    await until(() => closed.length > 0);
    assert.deepEqual(closed, [true]);
  });

  it('is read by an EventSource', async () => {
    const source = new EventSource(`${served.url}/stays`);
    const [data] = await new Promise<[unknown]>((resolve) =>
      source.addEventListener('message', ({ data: first }) => resolve([first])),
    );
    source.close();
    assert.equal(data, 'first');
  });

  for (const path of ['/throws', '/rejects']) {
    it(`tells the client of its failure and ends the stream: ${path}`, async () => {
      const body = await text(path);
      assert.ok(body.endsWith(': uncaught-exception-from-user-code\nevent: error\ndata: System Error.\n\n'), body);
    });
  }

  it('that gives a header which cannot be written is answered 500', async () => {
    assert.equal((await request(`${served.url}/badHeader`)).statusCode, 500);
  });

  it('that does not answer in time is answered 500 SERVER_TIMEOUT', async () => {
    const response = await request(`${served.url}/slow`);
    const { code, message } = (await response.body.json()) as { code: string; message: string };
    assert.deepEqual([response.statusCode, code, message], [500, 'SERVER_TIMEOUT', 'Server Timeout.']);
  });

  it('sees its URL whole, dots resolved', async () => {
    assert.equal(await text('/x/%2e%2e/dots?a=/../b'), `${served.url}/dots?a=/../b`);
  });
});
