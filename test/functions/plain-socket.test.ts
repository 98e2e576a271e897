import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { until } from '../until.js';
import { connect } from './connect.js';
import { serveProject, type ServedProject } from './serve-project.js';

const SOCKETS = `
const notes = (globalThis.socketNotes = []);
const mains = {
  echo({ ws, ctxId }) {
    ws.on('message', (event) => { notes.push(event); ws.send(event.data); });
    for (const name of ['open', 'close', 'error']) ws.on(name, (event) => notes.push(event));
  },
  context(context) { const { ws, httpContext, ...rest } = context; ws.send(JSON.stringify({ ...rest, url: httpContext.url, keys: Object.keys(context) })); },
  async late({ ws }) { await new Promise((done) => setTimeout(done, 50)); ws.on('message', ({ data }) => ws.send('late ' + data)); },
  deaf({ ws }) { ws.send('ready'); },
  async sleeps({ ws, signal }) { ws.send('ready'); await new Promise((done) => signal.addEventListener('abort', done)); notes.push('awake'); },
  throws() { throw new Error('secret'); },
  rejects: async () => { await 1; throw new Error('secret'); },
  closes({ ws }) { ws.close(4001, 'enough'); },
};
exports.main = (event, context) => { notes.push(event); return mains[new URL('http://h' + context.httpContext.url).pathname.slice(1)](context); };
exports.main.handleUpgrade = async (context) => {
  const { searchParams } = new URL('http://h' + context.httpContext.url);
  const verdict = searchParams.get('verdict');
  if (verdict === 'throw') throw new Error('secret');
  if (verdict === 'nothing') return undefined;
  if (verdict === 'deny') return { allowWebSocket: false };
  if (verdict === 'say') return { allowWebSocket: false, statusCode: 403, body: '{"no":1}', contentType: 'application/json' };
  if (verdict === 'context') return { allowWebSocket: false, statusCode: 418, body: JSON.stringify(context) };
  return { allowWebSocket: true };
};
`;

describe('the WebSockets of a plain function', () => {
  let served: ServedProject;
  let url: string;
  before(async () => {
    served = await serveProject({ 'index.js': SOCKETS }, { maxQueuedMessages: 3, platform: 'local' });
    url = served.url;
  });
  after(() => served.close());
  const notes = () => (globalThis as { socketNotes?: unknown[] }).socketNotes ?? [];

  it('bring text and bytes as they came, and tell of open and close', async () => {
    const socket = await connect(`${url}/echo?token=x`, { headers: { 'X-Request-Id': 'w1' } });
    notes().length = 0;
    socket.send('text');
    assert.equal(await socket.message(), 'text');
    socket.send(Buffer.from('bytes'));
    assert.equal(await socket.message(), 'bytes');
    socket.close(4000);
    await until(() => notes().length === 3);
    const ctx = { ctxId: 'w1' };
    assert.deepEqual(notes(), [
      { ctx, type: 'message', data: 'text' },
      { ctx, type: 'message', data: Buffer.from('bytes') },
      { ctx, type: 'close', code: 4000, reason: '', wasClean: true },
    ]);
  });

  it('tell of their opening, and give main null for its event', async () => {
    await served.app.loadFunctions();
    notes().length = 0;
    const socket = await connect(`${url}/echo`, { headers: { 'X-Request-Id': 'w2' } });
    await until(() => notes().length === 2);
    assert.deepEqual(notes(), [null, { ctx: { ctxId: 'w2' }, type: 'open' }]);
    socket.close();
    await socket.closed;
  });

  it('have a context of the platform’s shape, with the path for its URL', async () => {
    const socket = await connect(`${url}/context?a=1`, { headers: { 'X-Request-Id': 'w3' } });
    const { keys, timestamp, ...context } = JSON.parse(await socket.message()) as Record<string, unknown>;
    assert.deepEqual(context, { ctxId: 'w3', eventID: 'w3', eventType: 'websocket.connection', url: '/context?a=1' });
    assert.deepEqual([...(keys as string[])].sort(), [
      'ctxId',
      'eventID',
      'eventType',
      'extendedContext',
      'httpContext',
      'timestamp',
      'ws',
    ]);
    assert.equal(typeof timestamp, 'string');
    socket.close();
  });

  it('lose no message that comes before the function listens', async () => {
    const socket = await connect(`${url}/late`);
    for (const text of ['1', '2', '3']) socket.send(text);
    assert.deepEqual(
      [await socket.message(), await socket.message(), await socket.message()],
      ['late 1', 'late 2', 'late 3'],
    );
    socket.send('4');
    assert.equal(await socket.message(), 'late 4');
    socket.close();
  });

  it('are closed where one sends on and on to a function that does not listen', async () => {
    const socket = await connect(`${url}/sleeps`);
    assert.equal(await socket.message(), 'ready');
    for (let count = 0; count < 5; count += 1) socket.send('x');
    assert.equal((await socket.closed).code, 1013);
    await until(() => notes().includes('awake'));
  });

  it('may send to a function that has ended without listening', async () => {
    const socket = await connect(`${url}/deaf`);
    assert.equal(await socket.message(), 'ready');
    for (let count = 0; count < 10; count += 1) socket.send('x');
    socket.close(1000);
    assert.equal((await socket.closed).code, 1000);
  });

  for (const path of ['/throws', '/rejects']) {
    it(`are closed with 1011 where the function fails: ${path}`, async () => {
      const socket = await connect(`${url}${path}`);
      assert.deepEqual(await socket.closed, { code: 1011, reason: 'the function failed' });
    });
  }

  it('are closed as the function says', async () => {
    const socket = await connect(`${url}/closes`);
    assert.deepEqual(await socket.closed, { code: 4001, reason: 'enough' });
  });

  it('speak the first subprotocol that is offered', async () => {
    const socket = await connect(`${url}/echo`, {}, ['one', 'two']);
    assert.equal(socket.socket.protocol, 'one');
    socket.close();
  });

  for (const [verdict, answer] of [
    ['deny', '404 text/plain Not Found'],
    ['say', '403 application/json {"no":1}'],
  ] as const) {
    it(`are refused as handleUpgrade says: ${verdict}`, async () => {
      await assert.rejects(connect(`${url}/echo?verdict=${verdict}`), new Error(answer));
    });
  }

  it('are refused with 500 and no word of why where handleUpgrade fails', async () => {
    for (const verdict of ['throw', 'nothing']) {
      await assert.rejects(connect(`${url}/echo?verdict=${verdict}`), (error: Error) => {
        assert.match(error.message, /^500 application\/json; charset=utf-8 {"code":"SYS_ERR"/);
        return !error.message.includes('secret');
      });
    }
  });

  it('show handleUpgrade a context of its own kind', async () => {
    await assert.rejects(
      connect(`${url}/echo?verdict=context`, { headers: { 'X-Request-Id': 'u1' } }),
      (error: Error) => {
        const context = JSON.parse(error.message.replace(/^418 text\/plain /, '')) as Record<string, unknown>;
        assert.deepEqual(
          [context['eventType'], context['ctxId'], context['eventID']],
          ['websocket.upgrade', 'u1', 'u1'],
        );
        assert.equal((context['httpContext'] as { url: string }).url, '/echo?verdict=context');
        return true;
      },
    );
  });

  it('end with the server, whose clients are told to come back', async () => {
    const ending = await serveProject({ 'index.js': SOCKETS }, { platform: 'local' });
    const sockets = [await connect(`${ending.url}/echo`), await connect(`${ending.url}/sleeps`)];
    await ending.close();
    for (const socket of sockets) assert.equal((await socket.closed).code, 1012);
  });
});
