import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';

import { until } from '../until.js';
import { connect } from './connect.js';
import { controllerSource } from './controller-source.js';
import { serveProject, type ServedProject } from './serve-project.js';

const echo = (name: string) =>
  `exports.main = (event, { httpContext }) => '${name} ' + httpContext.url.split('/').slice(3).join('/');`;

describe('functions of cloudbase-functions.json', () => {
  let served: ServedProject;
  before(async () => {
    const functions = [
      { name: 'root', directory: 'root', triggerPath: '/' },
      { name: 'a', directory: 'a', triggerPath: '/a' },
      { name: 'ab', directory: 'ab', triggerPath: '/a/b' },
      { name: 'broken', directory: 'broken', triggerPath: '/broken' },
      { name: 'empty', directory: 'empty', triggerPath: '/empty' },
      { name: 'chat', directory: 'chat', triggerPath: '/chat' },
    ];
    served = await serveProject({
      'cloudbase-functions.json': { functionsRoot: 'src', functions },
      'src/root/index.js': echo('root'),
      'src/a/index.mjs': echo('a').replace('exports.main', 'export const main'),
      'src/ab/index.js': echo('ab'),
      'src/broken/index.mjs': 'throw new Error("secret reason");',
      'src/empty/index.js': 'exports.other = 1;',
      'src/chat/index.js':
        'exports.main = (e, c) => c.ws ? c.ws.send("from chat") : "http"; exports.main.handleUpgrade = () => ({ allowWebSocket: true });',
    });
  });
  after(() => served.close());
  const get = async (path: string, method: 'GET' | 'POST' | 'TRACE' = 'GET') => {
    const response = await request(`${served.url}${path}`, { method });
    return { status: response.statusCode, body: await response.body.text() };
  };

  it('are not loaded before their first request, and then once', async () => {
    const loaded = () => served.lines.filter(({ msg }) => msg === 'function loaded').map((line) => line['function']);
    assert.match(served.app.describeRoutes(), /\/a\/\*\s+a\.main \(.*index\.mjs, loaded at its first request\)/);
    const before = loaded().length;
    await Promise.all([get('/a/1'), get('/a/2'), get('/a/3')]);
    assert.deepEqual(loaded().slice(before), ['a']);
    assert.match(served.app.describeRoutes(), /ALL\s+\/a\/\*\s+a\.main\n/);
  });

  it('are chosen by the longest path, whatever the query and the method', async () => {
    const bodies = [];
    for (const path of ['/a/x', '/a/b/c', '/a/bc?/a/b', '/x', '//a']) bodies.push((await get(path)).body);
    assert.deepEqual(bodies, ['a a/x', 'ab a/b/c', 'a a/bc?/a/b', 'root x', 'root /a']);
    assert.equal((await get('/a', 'POST')).body, 'a a');
  });

  it('that cannot be loaded answer 500 FUNCTION_NOT_LOADED without a word of why, while others serve', async () => {
    for (const path of ['/broken', '/broken/x', '/empty']) {
      const { status, body } = await get(path);
      const { code, message } = JSON.parse(body) as { code: string; message: string };
      assert.deepEqual([status, code, message], [500, 'FUNCTION_NOT_LOADED', 'The function could not be loaded.']);
      assert.doesNotMatch(body, /secret/);
    }
    assert.equal((await get('/a')).status, 200);
    const log = served.lines.filter(({ level, msg }) => level === 'error' && msg.includes('could not be loaded:'));
    assert.deepEqual(
      log.map((line) => line['function']),
      ['broken', 'empty'],
    );
  });

  it('take WebSockets by the same paths, their query aside', async () => {
    const socket = await connect(`${served.url}/chat?token=x`);
    assert.equal(await socket.message(), 'from chat');
    socket.close();
    await assert.rejects(connect(`${served.url}/chatter`), /404/);
    await assert.rejects(connect(`${served.url}/broken?x=/chat`), /500/);
  });

  it('are all loaded at once where that is asked for', async () => {
    const reports = await served.app.loadFunctions();
    assert.deepEqual(
      reports.map(({ name, failure }) => `${name}: ${failure ?? 'ok'}`),
      [
        'root: ok',
        'a: ok',
        'ab: ok',
        'broken: Error: secret reason',
        'empty: Error: it exports neither main nor a controller',
        'chat: ok',
      ],
    );
  });

  it('refuse a malformed URL', async () => {
    assert.equal((await get('/a/%zz')).status, 400);
  });
});

describe('a function that takes long to load', () => {
  const SLOW = `
globalThis.slowCalls = 0;
await new Promise((resolve) => (globalThis.letSlowGo = resolve));
export const main = (event, context) => { globalThis.slowCalls += 1; if (context.ws) context.ws.send('at last'); return 'at last'; };
main.handleUpgrade = () => ({ allowWebSocket: true });
`;
  const state = globalThis as { slowCalls?: number; letSlowGo?: () => void };

  it('is waited for by requests and upgrades, and not called for a request whose client has left', async () => {
    const served = await serveProject({ 'index.mjs': SLOW });
    const waiting = request(`${served.url}/x`, { method: 'POST', body: 'x' });
    const upgrade = connect(`${served.url}/x`);
    const leaving = new AbortController();
    const gone = request(`${served.url}/gone`, { signal: leaving.signal });
    await until(() => state.letSlowGo !== undefined);
    leaving.abort();
    await assert.rejects(gone);
    // Answered at once: by then the server has heard of what came before.
    for (let round = 0; round < 2; round += 1) {
      await request(`${served.url}/_healthz`, { method: 'HEAD', reset: true });
    }
    assert.equal(state.slowCalls, 0);

    state.letSlowGo?.();
    assert.equal(await (await waiting).body.text(), 'at last');
    const socket = await upgrade;
    assert.equal(await socket.message(), 'at last');
    socket.close();
    await socket.closed;
    assert.equal(state.slowCalls, 2);
    await served.close();
  });

  it('answers 500 to those whose time is up, and others when it is loaded after all', async () => {
    Reflect.deleteProperty(globalThis, 'letSlowGo');
    const served = await serveProject({ 'index.mjs': SLOW }, { handlerTimeoutMs: 50 });
    assert.equal((await request(served.url)).statusCode, 500);
    await until(() => state.letSlowGo !== undefined);
    state.letSlowGo?.();
    let status = 500;
    while (status === 500) ({ statusCode: status } = await request(served.url));
    assert.equal(status, 200);
    await served.close();
  });
});

describe('a project of plain functions', () => {
  it('answers a path that nobody has with plain text', async () => {
    const served = await serveProject({
      'cloudbase-functions.json': { functions: [{ name: 'a', directory: '.', triggerPath: '/a' }] },
      'index.js': echo('a'),
    });
    const response = await request(`${served.url}/b`);
    assert.deepEqual(
      [response.statusCode, response.headers['content-type'], await response.body.text()],
      [404, 'text/plain; charset=utf-8', 'Not Found'],
    );
    await served.close();
  });

  it('loads before it listens where that is asked for, and stops the start only when all have failed', async () => {
    const functions = [
      { name: 'a', directory: 'a', triggerPath: '/a' },
      { name: 'b', directory: 'b', triggerPath: '/b' },
    ]; // prettier-ignore
    const files = {
      'cloudbase-functions.json': { functions },
      'a/index.js': echo('a'),
      'b/index.js': 'throw new Error("broken b")',
    };
    const served = await serveProject(files, { eager: true });
    assert.match(served.app.describeRoutes(), /\/a\/\*\s+a\.main\n/);
    await served.close();
    await assert.rejects(
      serveProject({ ...files, 'a/index.js': 'oops(' }, { eager: true }),
      /2 mistakes stop the start[^]*broken b/,
    );
  });

  it('has a function for each folder of functionsRoot, chosen by @fn', async () => {
    const config = { functions: [{ name: 'in', directory: '.', triggerPath: '/in' }] };
    const served = await serveProject(
      { 'all/one/index.js': echo('one'), 'all/two/cloudbase-functions.json': config, 'all/two/index.js': echo('two') },
      { loadAllFunctions: true, functionsRoot: 'all' },
    );
    const get = async (path: string) => {
      const response = await request(`${served.url}${path}`);
      return `${response.statusCode} ${await response.body.text()}`;
    };
    assert.equal(await get('/x?@fn=one'), '200 one x?@fn=one');
    assert.equal(await get('/in/x?@fn=two'), '200 two in/x?@fn=two');
    for (const path of ['/x', '/x?@fn=two', '/x?@fn=none', '/x?@fn=one&@fn=one'])
      assert.equal(await get(path), '404 Not Found');
    await served.close();
  });
});

describe('a function with controllers', () => {
  const files = {
    'cloudbase-functions.json': {
      functions: [
        { name: 'mixed', directory: 'mixed', triggerPath: '/mixed' },
        { name: 'pure', directory: 'pure', triggerPath: '/pure' },
        { name: 'own', directory: 'own', triggerPath: '/own' },
      ],
      routes: [{ path: '/also', functionName: 'pure' }],
    },
    'shared.js':
      'exports.Shared = class Shared { constructor() { this.id = (exports.made = (exports.made ?? 0) + 1); } };',
    'mixed/index.js': `${controllerSource('OrderController', '/orders', [
      ['Http', "'GET', '/:id'", 'get(event, context)', '{ return { order: context.params.id }; }'],
      ['Sse', "'/:id/progress'", '*progress()', '{ yield { data: 1 }; }'],
      ['WebSocket', "'/:id/live'", 'live(message)', '{ return { live: message }; }'],
    ])}
exports.main = (event, context) => context.ws ? context.ws.send('plain') : 'plain';
exports.main.handleUpgrade = () => ({ allowWebSocket: true });
exports.use = [(context, next) => { context.response.setHeader('X-Function', 'mixed'); return next(); }];`,
    'pure/index.js': `const { Shared } = require('../shared.js');
${controllerSource('PureController', '/', [['Http', "'GET', '/shared'", 'shared()', '{ return this.dependencies[0].id; }']], 'Shared')}`,
    'own/index.js': `const { Shared } = require('../shared.js');
${controllerSource('OwnController', '/', [['Http', "'GET', '/shared'", 'shared()', '{ return this.dependencies[0].id; }']], 'Shared')}
exports.container = require('tsyringe').container.createChildContainer();`,
  };
  let served: ServedProject;
  before(async () => {
    served = await serveProject(files);
  });
  after(() => served.close());
  const get = async (path: string, method: 'GET' | 'POST' = 'GET') => {
    const response = await request(`${served.url}${path}`, { method });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  };

  it('serves their routes below its path, and its plain function the rest', async () => {
    assert.equal((await get('/mixed/orders/5')).body, '{"order":"5"}');
    assert.equal((await get('/mixed/orders/5/progress')).body, 'data: 1\n\n');
    for (const path of ['/mixed', '/mixed/other', '/mixed/orders']) assert.equal((await get(path)).body, 'plain', path);
    assert.equal((await get('/mixed/orders/5', 'POST')).body, 'plain');
  });

  it('takes WebSockets in both ways', async () => {
    const live = await connect(`${served.url}/mixed/orders/5/live?x=1`);
    live.send('{"a":1}');
    assert.equal(await live.message(), '{"live":{"a":1}}');
    live.close();
    const plain = await connect(`${served.url}/mixed/other`);
    assert.equal(await plain.message(), 'plain');
    plain.close();
  });

  it('runs its own middleware around all of them', async () => {
    for (const path of ['/mixed/orders/5', '/mixed']) assert.equal((await get(path)).headers['x-function'], 'mixed');
    assert.equal((await get('/pure/shared')).headers['x-function'], undefined);
  });

  it('answers as controllers do where it has no plain function', async () => {
    assert.equal((await get('/pure/none')).status, 404);
    const { status, headers } = await get('/pure/shared', 'POST');
    assert.deepEqual([status, headers['allow']], [405, 'GET, HEAD, OPTIONS']);
  });

  it('shares the application’s container on all its paths, unless it brings its own', async () => {
    const ids = [];
    for (const path of ['/pure/shared', '/also/shared', '/own/shared']) ids.push((await get(path)).body);
    assert.equal(ids[0], ids[1]);
    assert.notEqual(ids[0], ids[2]);
  });

  it('is in the route table with each of its routes', async () => {
    await served.app.loadFunctions();
    const table = served.app.describeRoutes();
    for (const line of [
      /GET\s+\/mixed\/orders\/:id\s+OrderController\.get/,
      /SSE\s+\/mixed\/orders\/:id\/progress\s+OrderController\.progress/,
      /WS\s+\/mixed\/orders\/:id\/live\s+OrderController\.live \(message\)/,
      /ALL\s+\/mixed\/\*\s+mixed\.main/,
      /WS\s+\/mixed\/\*\s+mixed\.main/,
      /GET\s+\/also\/shared\s+PureController\.shared/,
    ]) {
      assert.match(table, line);
    }
  });
});
