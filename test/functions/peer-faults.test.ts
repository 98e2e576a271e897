// Longer than 250 lines because the twenty faults of the platform's own framework stand here in their order.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { FormData, request } from 'undici';

import { PlainContext } from '#src/functions/plain-context.js';
import { exchange, head } from '../integration/http-raw-client.js';
import { ROOT, TestProcess } from '../fixtures/run-process.js';
import { until } from '../until.js';
import { connect } from './connect.js';
import { parseEvents } from './parse-events.js';
import { ProjectFolder } from './project-folder.js';
import { serveProject, type ServedProject } from './serve-project.js';

/** One function for all faults: each path does one thing. */
const FUNCTION = `
const { Readable } = require('node:stream');
const notes = (globalThis.faultNotes ??= { contexts: [], closed: [], opened: 0, calls: [] });
const paths = {
  sseThrows({ sse }) { sse().send({ data: 'x' }); throw new Error('went wrong'); },
  sseStays({ sse }) { const s = sse(); s.on('close', () => notes.closed.push(s.closed)); s.send({ data: 'x' }); },
  sseEncoder({ sse }) { const s = sse(); s.setEncoder(new TextEncoder()); s.end({ data: 'encoded' }); },
  sseInjection({ sse }) {
    const s = sse(); const evil = 'a\\n\\ndata: injected\\n\\n'; const refused = [];
    for (const event of [{ data: 1, id: evil }, { data: 1, event: evil }]) try { s.send(event); } catch (error) { refused.push(error.name); }
    s.send({ data: 'one\\n\\ntwo', comment: evil }); s.send({ data: Buffer.from(evil) }); s.send({ data: [1, { a: 2 }] }); s.end({ data: refused.join() });
  },
  breaks: () => Readable.from((async function* () { yield 'begun'; throw new Error('broke'); })()),
  throwsNull() { throw null; }, rejectsNull: () => Promise.reject(null),
  echo: (context, event) => ({ event: Buffer.isBuffer(event) ? 'bytes' : event }),
  url: ({ httpContext }) => httpContext.url,
  extended: ({ extendedContext }) => ({ extendedContext }),
  form: (context, event) => ({ file: Array.isArray(event.file) ? event.file.map((f) => (typeof f === 'string' ? f : f.originalFilename)) : event.file?.originalFilename }),
  wsRejects: async ({ ws }) => { ws.on('open', () => (notes.opened += 1)); await 1; throw new Error('secret'); },
  wsLate: async ({ ws }) => { await new Promise((done) => setTimeout(done, 30)); ws.on('message', ({ data }) => ws.send('got ' + data)); },
};
exports.main = (event, context) => {
  const path = context.httpContext.url.replace(/^https?:\\/\\/[^/]*/, '').split('?')[0].split('/').pop();
  notes.calls.push(context.httpContext.httpMethod + ' ' + path);
  return (paths[path] ?? (() => 'ok'))(context, event);
};
exports.main.handleUpgrade = (context) => {
  notes.contexts.push(new WeakRef(context));
  if (context.httpContext.url.includes('deny')) return { allowWebSocket: false };
  if (context.httpContext.url.includes('fail')) throw new Error('secret');
  return { allowWebSocket: true };
};
`;
interface Notes {
  contexts: unknown[];
  closed: boolean[];
  opened: number;
  calls: string[];
}
function notes(): Notes {
  const { faultNotes } = globalThis as { faultNotes?: Notes };
  assert.ok(faultNotes !== undefined, 'the function has been loaded');
  return faultNotes;
}

const CONFIG = { functions: [{ name: 'f', directory: '.', triggerPath: '/f' }] };
const FILES = { 'index.js': FUNCTION, 'cloudbase-functions.json': CONFIG };
const basic = (account: string) => `Basic ${Buffer.from(account).toString('base64')}`;

describe('the faults of the platform’s own framework', () => {
  let served: ServedProject;
  let url: string;
  before(async () => {
    const options = {
      accessLog: true,
      maxBodyBytes: 1000,
      sseHeartbeatMs: 20,
      wsHeartbeatMs: 20,
      platform: 'local' as const,
    };
    served = await serveProject(FILES, options);
    url = `${served.url}/f`;
    await served.app.loadFunctions();
  });
  after(() => served.close());
  const get = async (path: string, options: Parameters<typeof request>[1] = {}) => {
    const response = await request(`${url}${path}`, options);
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  };

  it('fault 1: a WebSocket’s query is no part of its route', async () => {
    for (const path of ['?token=x', '/?token=x', '/ws?x=/none', '']) {
      const socket = await connect(`${url}${path}`);
      socket.close();
      await socket.closed;
    }
  });

  it('fault 2: an event stream whose function fails tells the client, and ends', async () => {
    const { body } = await get('/sseThrows');
    assert.deepEqual(parseEvents(body), ['x', 'System Error.']);
    assert.match(body, /event: error\n/);
  });

  it('fault 3: nothing beats on for a client that has left', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let count = 0; count < 20; count += 1) {
      const { body } = await request(`${url}/sseStays`);
      body.once('error', () => undefined).destroy();
    }
    await until(() => notes().closed.length === 20);
    await until(() => timers() <= before);
  });

  it('fault 4: a stream that breaks midway breaks the answer, which else would never end', async () => {
    const response = await request(`${url}/breaks`);
    await assert.rejects(response.body.text());
  });

  it('fault 5: a body over the limit is answered 413, of whatever type, and holds nothing', async () => {
    for (const type of ['application/json', 'application/octet-stream', 'text/plain']) {
      const body = JSON.stringify({ a: 'x'.repeat(2000) });
      const { status } = await get('/echo', { method: 'POST', headers: { 'Content-Type': type }, body });
      assert.equal(status, 413, type);
    }
    assert.deepEqual(served.app.requestsInFlight, []);
  });

  it('fault 6: an empty text is an event, and a thrown null is a failure', async () => {
    const headers = { 'Content-Type': 'text/plain' };
    assert.equal((await get('/echo', { method: 'POST', headers, body: '' })).body, '{"event":""}');
    for (const path of ['/throwsNull', '/rejectsNull']) assert.equal((await get(path)).status, 500);
  });

  it('fault 7: WebSockets ask for accounts, look at the origin, and count as requests', async () => {
    const guarded = await serveProject(FILES, { allowedAccounts: ['a:b'], concurrencyLimit: 1 });
    const at = `${guarded.url}/f`;
    await assert.rejects(connect(at), /^Error: 401/);
    const authorization = basic('a:b');
    await assert.rejects(
      connect(at, { headers: { authorization, cookie: 'a=b', origin: 'http://evil.example' } }),
      /^Error: 403/,
    );
    const socket = await connect(at, { headers: { authorization } });
    await assert.rejects(connect(at, { headers: { authorization } }), /^Error: 429/);
    socket.close();
    await socket.closed;
    await guarded.close();
  });

  it('fault 8: OPTIONS asks for accounts as other methods do, and passwords may hold colons', async () => {
    const guarded = await serveProject(FILES, { allowedAccounts: ['abc:12:34'] });
    const at = `${guarded.url}/f/options`;
    assert.equal((await request(at, { method: 'OPTIONS' })).statusCode, 401);
    assert.equal((await request(at, { headers: { authorization: basic('abc:12') } })).statusCode, 401);
    assert.equal((await request(at, { headers: { authorization: basic('abc:12:34') } })).statusCode, 200);
    assert.equal(notes().calls.filter((call) => call === 'OPTIONS options').length, 0);
    assert.equal(JSON.stringify(guarded.lines).includes('12:34'), false);
    await guarded.close();
  });

  it('fault 9: the access line has no header of the request, and no query', async () => {
    await get('/echo?secret=query', { headers: { authorization: 'secret-a', cookie: 'secret=c' } });
    const lines = served.lines.filter(({ msg }) => msg === 'request');
    assert.ok(lines.length > 0);
    assert.equal(JSON.stringify(lines).includes('secret'), false);
  });

  it('fault 10: a refused upgrade ends its request, with a line, and says nothing of the function’s error', async () => {
    const count = () => served.lines.filter(({ path, status }) => path === '/f/denied' && status === 404).length;
    await assert.rejects(connect(`${url}/denied?deny`), /^Error: 404 text\/plain Not Found$/);
    await until(() => count() === 1);
    await assert.rejects(
      connect(`${url}/failing?fail`),
      (error: Error) => error.message.startsWith('500') && !error.message.includes('secret'),
    );
    await until(() => served.app.requestsInFlight.length === 0);
  });

  it('fault 11: a rejecting function closes its socket, open is told, and no early message is lost', async () => {
    const failing = await connect(`${url}/wsRejects`);
    assert.equal((await failing.closed).code, 1011);
    assert.equal(notes().opened, 1);
    const late = await connect(`${url}/wsLate`);
    late.send('early');
    assert.equal(await late.message(), 'got early');
    late.close();
    await late.closed;
  });

  it('fault 13: setEncoder does no harm, and closed is true within close', async () => {
    assert.deepEqual(parseEvents((await get('/sseEncoder')).body), ['encoded']);
    assert.ok(notes().closed.length > 0 && notes().closed.every(Boolean));
  });

  it('fault 14: nobody injects events, blank lines are kept, and arrays are JSON', async () => {
    const { body } = await get('/sseInjection');
    assert.deepEqual(parseEvents(body), [
      'one\n\ntwo',
      'a\n\ndata: injected\n\n',
      '[1,{"a":2}]',
      'TypeError,TypeError',
    ]);
  });

  it('fault 15: uploaded files are deleted, and a field does not hide a file of its name', async () => {
    const folder = new ProjectFolder({});
    const uploads = await serveProject(FILES, { temporaryFolder: folder.at('uploads') });
    const form = new FormData();
    form.append('file', new Blob(['x']), 'a.txt');
    form.append('file', 'a field');
    const { body } = await request(`${uploads.url}/f/form`, { method: 'POST', body: form });
    assert.deepEqual(await body.json(), { file: ['a.txt', 'a field'] });
    await until(() => readdirSync(folder.at('uploads')).length === 0);
    await uploads.close();
    folder.remove();
  });

  it('fault 17: a malformed Host is no 500, https is seen behind a gateway, and the extended context is capped', async () => {
    const { status } = await exchange(served.port, 'GET /f/url HTTP/1.1\r\nHost: a b<>\r\nConnection: close\r\n\r\n');
    assert.notEqual(status, 500);
    const trusting = await serveProject(FILES, { trustProxy: true, extendedContextKey: 'X-Ext' });
    const headers = { 'X-Forwarded-Proto': 'https', 'X-Ext': 'H4sIjunk' };
    assert.match(await (await request(`${trusting.url}/f/url`, { headers })).body.text(), /^https:\/\//);
    assert.equal(await (await request(`${trusting.url}/f/extended`, { headers })).body.text(), '{}');
    await trusting.close();
  });

  it('fault 18: preflights name what they allow, and 401 and 429 can be read by the page', async () => {
    const options = { enableCors: true, allowedOrigins: ['*', 'app.example'], allowedAccounts: ['a:b'] };
    const cors = await serveProject(FILES, options);
    const origin = 'https://app.example';
    const preflight = await request(`${cors.url}/f`, {
      method: 'OPTIONS',
      headers: { origin, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'authorization' },
    });
    const { headers, statusCode } = preflight;
    assert.equal(statusCode, 204);
    assert.deepEqual(
      ['methods', 'headers', 'credentials'].map((name) => headers[`access-control-allow-${name}`]),
      ['PUT', 'authorization', 'true'],
    );
    const refused = await request(`${cors.url}/f`, { headers: { origin } });
    assert.deepEqual([refused.statusCode, refused.headers['access-control-allow-origin']], [401, origin]);
    const anybody = await request(`${cors.url}/f`, { headers: { origin: 'https://any.example' } });
    assert.equal('access-control-allow-credentials' in anybody.headers, false);
    await cors.close();
  });

  it('fault 20: nothing is written to the log while nothing happens, and a context has query, signal and more', async () => {
    const socket = await connect(url);
    await served.app.loadFunctions();
    const before = served.lines.length;
    let pings = 0;
    socket.socket.on('ping', () => (pings += 1));
    await until(() => pings === 3);
    assert.equal(served.lines.length, before);
    for (const name of ['query', 'signal', 'cookies', 'ip', 'log']) assert.ok(name in PlainContext.prototype, name);
    socket.close();
    await socket.closed;
  });
});

describe('the faults of its process', () => {
  const folder = new ProjectFolder(FILES);
  after(() => folder.remove());
  const start = (args: readonly string[], env: Record<string, string> = {}) =>
    new TestProcess([`${ROOT}/built/cli/yunction.js`, 'start', '--port=0', '--host=127.0.0.1', ...args], {
      cwd: folder.path,
      env,
    });

  it('fault 12: SIGTERM in production ends an idle process at once, with exit code 0', async () => {
    const child = start([], { NODE_ENV: 'production', KILL_TIMEOUT: '60000' });
    const socket = await connect(`http://127.0.0.1:${await child.port()}/f`);
    child.signal('SIGTERM');
    assert.equal((await socket.closed).code, 1012);
    assert.deepEqual([(await child.ended).code], [0]);
  });

  it('fault 16: a folder for logs that cannot be written does not matter', async () => {
    const child = start(['--logDirname=/proc/none', '--interceptOutput=true']);
    const port = await child.port();
    assert.equal((await exchange(port, head('GET /f'))).status, 200);
    child.signal('SIGTERM');
    assert.equal((await child.ended).code, 0);
  });

  it('fault 19: a bad value stops the start, and the help names what is read', async () => {
    const { code, stderr } = await start(['--timeout=abc']).ended;
    assert.equal(code, 1);
    assert.match(stderr, /"abc" is not allowed/);
    const help = await new TestProcess([`${ROOT}/built/cli/yunction.js`, 'help']).ended;
    assert.match(help.stdout, /--allowedAccounts .*ALLOWED_ACCOUNTS/);
  });
});
