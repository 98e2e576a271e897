// What the platforms ask of a framework, one test for each: most are tried more closely where they are built.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { request } from 'undici';

import { createApplication } from '#src/application.js';
import { type ChannelMessage, Channels } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { redis } from '#src/channels/redis/index.js';
import { Store } from '#src/channels/store.js';
import { readBootstrap } from '#src/cli/cloudbase/bootstrap.js';
import { currentContext } from '#src/context/current-context.js';
import type { HttpContext } from '#src/context/http-context.js';
import type { SseContext } from '#src/context/sse-context.js';
import type { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { StartupError } from '#src/errors/startup-error.js';
import { resolveOptions } from '#src/resolve-options.js';
import { jwt } from '#src/security/jwt.js';
import { signRequest } from '#src/security/sign-request.js';
import { signature } from '#src/security/signature.js';
import { createLogger } from '#src/telemetry/log.js';
import { runPack } from '../cli/pack/packed-process.js';
import { readZip } from '../cli/pack/read-zip.js';
import { CommandProject } from '../cli/command-project.js';
import { ROOT, startFixture } from '../fixtures/run-process.js';
import { exchange, head, RawClient } from '../integration/http-raw-client.js';
import { Client, refusalOf, upgradeBytes } from '../integration/web-socket-client.js';
import { SseClient } from '../integration/sse-client.js';
import { serveProject } from '../functions/serve-project.js';
import { startRedis, withoutRedis } from '../redis-server.js';
import { keyServer } from '../security/key-server.js';
import { serve } from '../serve.js';
import { until } from '../until.js';

const SECRETS = {
  'x-cloudbase-context': 'secret-1',
  'x-scf-secret-id': 'secret-2',
  'x-scf-secret-key': 'secret-3',
  'x-scf-session-token': 'secret-4',
  'x-fc-access-key-id': 'secret-5',
  'x-fc-access-key-secret': 'secret-6',
  'x-fc-security-token': 'secret-7',
  authorization: 'Bearer secret-8',
  cookie: 'session=secret-9',
};

/** How many streams of events have seen that their client left. */
let left = 0;

@Controller()
class Example {
  @Http('GET', '/hello') hello() {
    return 'hello';
  }
  @Http('GET', '/context') context(_event: unknown, context: HttpContext) {
    const { requestId, extendedContext } = context;
    return { requestId, extendedContext, remaining: context.remainingMs() };
  }
  @Http('GET', '/current') async current() {
    await sleep(5);
    return { requestId: currentContext()?.requestId };
  }
  @Http('GET', '/fails') fails(_event: unknown, context: HttpContext) {
    context.log.warn({ headers: context.httpContext.headers }, 'about to fail');
    const { authorization } = context.httpContext.headers;
    throw new Error(`failed: GET https://user:secret-10@host/?token=secret-11 with ${String(authorization)}`, {
      cause: new Error('upstream said no to /?secretKey=secret-12'),
    });
  }
  @Http('POST', '/body') body(event: Buffer) {
    return event.length;
  }
  @Http('GET', '/headers') headers() {
    return { statusCode: 200, headers: { Server: 'mine', Date: 'then', 'Keep-Alive': 'timeout=1' }, body: 'hello' };
  }
  @Http('GET', '/fc-headers') fcHeaders() {
    return {
      statusCode: 200,
      headers: { 'X-Fc-Mine': '1', Upgrade: 'h2c', Connection: 'close', 'X-Own': '2' },
      body: 'hello',
    };
  }
  @Http('GET', '/large') large(_event: unknown, { query }: HttpContext) {
    const headers = {
      'Content-Type': String(query['type'] ?? 'text/plain'),
      'X-Large': 'x'.repeat(Number(query['header'] ?? 0)),
    };
    return { statusCode: 200, headers, body: Buffer.alloc(Number(query['body'] ?? 1), 'x') };
  }
  @Http('GET', '/claims') claims(_event: unknown, context: HttpContext) {
    return { sub: context.claim('x-jwt-sub'), level: context.claim('x-jwt-level', 'number') };
  }
  @Sse('/events') async *events(_event: unknown, context: SseContext) {
    yield { id: '8', data: `after ${context.lastEventId ?? 'nothing'}` };
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    left += 1;
  }
  @Sse('/bad-event') async *badEvent(_event: unknown, { query }: SseContext) {
    yield { [String(query['field'])]: 'a\r\nb', data: '1' };
  }
  @WebSocket('/ws', { on: 'upgrade' }) upgrade(_event: unknown, context: { query: Readonly<Record<string, unknown>> }) {
    return context.query['allow'] === 'no' ? { allowWebSocket: false, statusCode: 402, body: 'pay' } : true;
  }
  @WebSocket('/ws') said(text: string, context: WebSocketContext) {
    context.ws.send(text);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'yunction-requirements-'));
after(() => rmSync(folder, { recursive: true }));

/** The port that an environment leads to; `undefined`: it is refused. */
function portIn(env: Record<string, string>, given: { port?: number } = {}): number | undefined {
  try {
    return resolveOptions(given, { env }).port;
  } catch (error) {
    assert.ok(error instanceof StartupError);
    return undefined;
  }
}

/** What a start script must be, or the platform answers 405 ContainerStateExited. */
function checkBootstrap(text: string, mode: number): void {
  assert.equal(mode & 0o777, 0o755);
  assert.ok(text.startsWith('#!/bin/bash\n'));
  assert.doesNotMatch(text, /\r/);
  assert.match(text, /\/var\/lang\/node20\/bin\/node\b/, 'node is not on the PATH there');
  assert.match(text, /^exec "\$node" /m, 'signals reach node');
  assert.ok(text.endsWith('\n'));
}

/** The requirements that have a test below, by their number. */
const tested = new Map<number, string>();

function requirement(number: number, what: string, test: () => void | Promise<void>): void {
  assert.equal(tested.has(number), false, `requirement ${number} has two tests`);
  tested.set(number, what);
  it(`${number}: ${what}`, test);
}

@Controller('/shared')
class Shared {
  constructor(
    private readonly channels: Channels,
    private readonly store: Store,
  ) {}
  @Http('POST', '/:text') async post(_event: unknown, { params }: HttpContext) {
    await this.channels.publish('news', params['text']);
    return this.store.increment('posted');
  }
  @Sse('/events') async *events(_event: unknown, { signal }: SseContext) {
    yield 'open';
    yield* this.channels.subscribe('news', { signal });
  }
}

/** A client's next request may come to another instance: what it sees there is the same. */
async function testTwoInstances(): Promise<void> {
  await using server = await startRedis();
  const start = () => serve({ controllers: [Shared], ...redis({ url: server.url }) });
  const [one, other] = [await start(), await start()];
  const events = await SseClient.open(`${one.url}/shared/events`);
  await events.has('open');
  const texts = ['first', 'second'];
  const counts: unknown[] = [];
  for (const [index, text] of texts.entries()) {
    const { body } = await request(`${index === 0 ? other.url : one.url}/shared/${text}`, { method: 'POST' });
    counts.push(Number(await body.text()));
  }
  assert.deepEqual(counts, [1, 2]);
  for (const text of texts) await events.has(text);
  events.leave();
  await Promise.all([one.close(), other.close()]);
}

/** From functions deployed one by one to one that serves them all: both files are written, and agree. */
async function testDeployment(): Promise<void> {
  const deployed = {
    functionRoot: 'fns',
    functions: [{ name: 'chat', runtime: 'Nodejs18.15', handler: 'index.main' }],
  };
  const chat = 'exports.main = () => "hello"; exports.main.handleUpgrade = () => ({ allowWebSocket: true });';
  const project = new CommandProject({ 'cloudbaserc.json': JSON.stringify(deployed), 'fns/chat/index.js': chat });
  project.write('scf_bootstrap', readFileSync(join(ROOT, 'scf_bootstrap'), 'utf8'));
  chmodSync(join(project.folder, 'scf_bootstrap'), 0o755);
  const run = async (...args: string[]) => (await project.run(['cloudbase', ...args]).ended).code;
  const codes = [await run('--functions'), await run('--name', 'all'), await run('--name', 'all', '--check')];
  assert.deepEqual(codes, [0, 0, 0]);
  const { functions } = JSON.parse(readFileSync(join(project.folder, 'cloudbaserc.json'), 'utf8')) as typeof deployed;
  const timeouts = { timeout: 900, protocolParams: { wsParams: { idleTimeOut: 60 } } };
  const expected = { name: 'all', type: 'HTTP', dir: '.', runtime: 'Nodejs20.19', protocolType: 'WS', ...timeouts };
  const [event, all] = functions;
  assert.deepEqual(event, deployed.functions[0], 'what stood there is as it was');
  assert.deepEqual({ ...all, ...expected }, all);
  const running = project.run(['start']);
  assert.equal(await (await fetch(`http://127.0.0.1:${await running.port()}/chat`)).text(), 'hello');
  running.signal('SIGTERM');
  await running.ended;
  project.remove();
}

describe('the requirements of the platforms', () => {
  it('are twenty, each with its test', () => {
    assert.deepEqual(
      [...tested.keys()],
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  requirement(1, 'it listens on 0.0.0.0 unless told otherwise', async () => {
    const application = createApplication({ controllers: [Example], port: 0, logLevel: 'silent' }, {});
    assert.equal((await application.listen()).address, '0.0.0.0');
    await application.close();
  });

  requirement(2, 'it finds its port in the order of the platforms, and refuses those that they keep', () => {
    const names = [
      'FUNCTIONS_CUSTOMHANDLER_PORT',
      'FC_SERVER_PORT',
      'FC_CUSTOM_LISTEN_PORT',
      'SCF_RUNTIME_PORT',
      'AWS_LWA_PORT',
      'PORT',
    ];
    const all = names.map((name, index) => [name, String(9100 + index)] as const);
    assert.equal(portIn(Object.fromEntries(all), { port: 8000 }), 8000);
    for (const [index] of names.entries()) assert.equal(portIn(Object.fromEntries(all.slice(index))), 9100 + index);
    assert.equal(portIn({}), 9000);
    assert.equal(portIn({ TENCENTCLOUD_RUNENV: 'SCF', PORT: '28902' }), undefined);
    assert.equal(portIn({ AWS_LAMBDA_FUNCTION_NAME: 'f', PORT: '9001' }), undefined);
    assert.equal(portIn({ AWS_LWA_PORT: '9001' }), undefined);
    assert.deepEqual([portIn({ PORT: '9001' }), portIn({ PORT: '28902' })], [9001, 28902], 'elsewhere they are free');
  });

  requirement(3, 'its scf_bootstrap, and the one that it packs, can be run by the platform', async () => {
    checkBootstrap(readFileSync(join(ROOT, 'scf_bootstrap'), 'latin1'), statSync(join(ROOT, 'scf_bootstrap')).mode);
    const index = execFileSync('git', ['ls-files', '-s', 'scf_bootstrap'], { cwd: ROOT, encoding: 'utf8' });
    assert.match(index, /^100755 /, 'and so it is in a clone');
    const out = join(folder, 'packed');
    const module = join(import.meta.dirname, '../cli/pack/application/exports.js');
    assert.equal((await runPack([module, '--out', out, '--no-cache'])).code, 0);
    checkBootstrap(readFileSync(join(out, 'scf_bootstrap'), 'latin1'), statSync(join(out, 'scf_bootstrap')).mode);
    const zipped = readZip(`${out}.zip`).get('scf_bootstrap');
    assert.ok(zipped !== undefined);
    checkBootstrap(zipped.content.toString('latin1'), zipped.mode);
    assert.deepEqual(readBootstrap(out), { nodes: [22, 20], mistakes: [] }, 'and it says so of them');
    writeFileSync(join(out, 'scf_bootstrap'), 'node built/main.js\r\n');
    chmodSync(join(out, 'scf_bootstrap'), 0o644);
    const found = readBootstrap(out)
      .mistakes.map(({ problem }) => problem)
      .join('\n');
    for (const words of [/execute/, /CRLF/, /first line/, /no node of the platform/, /exec/])
      assert.match(found, words);
  });

  requirement(4, 'it writes below /tmp alone, and its log as JSON lines with the request’s id', async () => {
    assert.equal(resolveOptions({}, { env: { TENCENTCLOUD_RUNENV: 'SCF' } }).temporaryFolder, '/tmp');
    const process = startFixture('lifecycle-app', [], {
      env: { TENCENTCLOUD_RUNENV: 'SCF', PORT: '0', YUNCTION_HOST: '127.0.0.1' },
    });
    const url = `http://127.0.0.1:${await process.port()}`;
    await (await fetch(`${url}/hello`, { headers: { 'x-scf-request-id': 'scf-1' } })).text();
    await process.output(/"status":200.*\n/);
    assert.ok(process.lines().some(({ requestId, status }) => requestId === 'scf-1' && status === 200));
    process.signal('SIGTERM');
    const { stderr } = await process.ended;
    assert.equal(stderr, '');
  });

  requirement(5, 'on fc no connection is timed out, and none is told to close', async () => {
    const short = { headersTimeoutMs: 100, requestTimeoutMs: 100, keepAliveTimeoutMs: 100, maxRequestsPerSocket: 1 };
    const served = await serve({ controllers: [Example], platform: 'fc', idleCloseMs: 400, ...short });
    const client = await RawClient.open(served.port);
    assert.equal((await client.write(head('GET /hello')).response()).body, 'hello');
    await sleep(400);
    client.write('GET /hello HTTP/1.1\r\n'); // a head that takes long
    await sleep(400);
    assert.equal((await client.write('Host: x\r\n\r\n').response()).body, 'hello');
    const closing = served.close();
    const { headers, body } = await client.write(head('GET /hello')).response();
    assert.equal(body, 'hello');
    assert.doesNotMatch(String(headers.get('connection')), /close/i);
    await client.destroy();
    await closing;
  });

  requirement(6, 'it can listen before its heavy start, and GET / is no error of the server’s', async () => {
    const served = await serve({ controllers: [Example], listenFirst: true, onStart: () => sleep(20) });
    assert.ok((await request(`${served.url}/`)).statusCode < 500);
    await served.close();
  });

  requirement(7, 'SIGTERM ends it in order within its time; ending twice is ending once', async () => {
    const process = startFixture('lifecycle-app', [], { env: { PORT: '0', YUNCTION_HOST: '127.0.0.1' } });
    const url = `http://127.0.0.1:${await process.port()}`;
    const events = await fetch(`${url}/events`);
    const client = await Client.open(`${url}/socket`);
    const began = performance.now();
    process.signal('SIGTERM');
    assert.match(await events.text(), /retry: \d+\n/);
    assert.equal((await client.closed).code, 1012);
    const { code, stdout } = await process.ended;
    assert.equal(code, 0);
    assert.match(stdout, /repository disposed, database open\n[^]*database disposed/, 'its hooks have run');
    assert.ok(performance.now() - began < 10_000, 'the platforms kill after 10 s');
    assert.equal(resolveOptions({}).shutdownMs, 8000);
    const served = await serve({ controllers: [Example] });
    assert.equal(served.app.close(), served.app.close());
    await served.close();
  });

  requirement(
    8,
    'the platform’s own calls are those on fc with its header; otherwise the paths are a user’s',
    async () => {
      let initialized = 0;
      const onInitialize = () => (initialized += 1);
      const onInvoke = (event: Buffer) => event.length;
      const calls = [
        ['POST', '/initialize'],
        ['GET', '/pre-stop'],
        ['GET', '/pre-freeze'],
        ['POST', '/invoke'],
      ] as const;
      for (const platform of ['fc', 'scf', 'container'] as const) {
        const served = await serve({ controllers: [Example], platform, onInitialize, onInvoke });
        for (const [method, path] of calls) {
          for (const control of [path, '/http-invoke']) {
            const headers = { 'x-fc-control-path': control };
            const { statusCode } = await request(`${served.url}${path}`, { method, headers });
            const own = platform === 'fc' && control === path;
            assert.equal(statusCode, own ? 200 : 404, `${platform} ${path} ${control}`);
          }
        }
        await served.close();
      }
      assert.equal(initialized, 1);
    },
  );

  requirement(9, 'PreStop does not end the server for good', async () => {
    const served = await serve({ controllers: [Example], platform: 'fc' });
    const headers = { 'x-fc-control-path': '/pre-stop' };
    assert.equal((await request(`${served.url}/pre-stop`, { headers })).statusCode, 200);
    assert.equal((await request(`${served.url}/hello`)).statusCode, 200);
    await served.close();
    const over = await serve({ controllers: [Example], platform: 'fc', drainOnPreStop: true });
    assert.equal((await request(`${over.url}/pre-stop`, { headers })).statusCode, 200);
    await over.app.close(); // it has begun to, where it is told that this is the end
    await assert.rejects(request(`${over.url}/hello`));
  });

  requirement(
    10,
    'each request has its context and the platform’s id, and its credentials never reach the environment',
    async () => {
      const served = await serve({ controllers: [Example], platform: 'scf', currentContext: true });
      const before = JSON.stringify(process.env);
      const ids = ['x-fc-request-id', 'x-scf-request-id', 'x-cloudbase-request-id'];
      const answers = await Promise.all(
        ids.map(async (name) => {
          const { body } = await request(`${served.url}/current`, { headers: { ...SECRETS, [name]: `id-${name}` } });
          return (await body.json()) as { requestId: string };
        }),
      );
      assert.deepEqual(
        answers.map(({ requestId }) => requestId),
        ids.map((name) => `id-${name}`),
      );
      const { body } = await request(`${served.url}/current`);
      assert.match(((await body.json()) as { requestId: string }).requestId, /^[\da-f-]{36}$/);
      assert.equal(JSON.stringify(process.env), before);
      await served.close();
    },
  );

  requirement(11, 'credentials in headers reach neither the log nor what is answered', async () => {
    for (const logFormat of ['json', 'pretty'] as const) {
      let written = '';
      const write = (line: string) => void (written += line);
      const log = createLogger({ level: 'trace', format: logFormat, write });
      const served = await serve({ controllers: [Example], platform: 'scf', accessLog: true, exposeErrors: true, log });
      const { statusCode, body } = await request(`${served.url}/fails?token=secret-0`, { headers: SECRETS });
      const text = await body.text();
      await until(() => /msg":"request"|request\b[^]*\/fails/.test(written));
      assert.equal(statusCode, 500);
      assert.match(
        written,
        /about to fail[^]*x-scf-secret-key|x-scf-secret-key[^]*about to fail/,
        'a handler wrote them',
      );
      assert.match(`${text}${written}`, /upstream said no/);
      assert.doesNotMatch(`${text}${written}`, /secret-\d/);
      await served.close();
    }
  });

  requirement(
    12,
    'the gateway’s context is read where the option says so, and never makes a request fail',
    async () => {
      const text = JSON.stringify({ userId: 'u' });
      const forms = [
        Buffer.from(text).toString('base64'),
        Buffer.from(text).toString('base64url'),
        gzipSync(text).toString('base64'),
      ];
      const read = async (key: string, header: string) => {
        const served = await serve({ controllers: [Example], platform: 'scf', extendedContextKey: key });
        const { statusCode, body } = await request(`${served.url}/context`, {
          headers: { 'x-cloudbase-context': header },
        });
        const { extendedContext } = (await body.json()) as { extendedContext?: unknown };
        await served.close();
        return [statusCode, extendedContext];
      };
      for (const form of forms) {
        assert.deepEqual(await read('X-Cloudbase-Context', form), [200, { userId: 'u' }]);
        assert.deepEqual(await read('', form), [200, undefined], 'off by default');
      }
      const bomb = gzipSync(JSON.stringify({ a: 'x'.repeat(1024 * 1024) })).toString('base64');
      for (const header of ['?', 'e30', bomb, gzipSync('{').toString('base64')]) {
        const [status, value] = await read('X-Cloudbase-Context', header);
        assert.equal(status, 200);
        assert.deepEqual(value ?? {}, {});
      }
      assert.equal(resolveOptions({}, { env: { TENCENTCLOUD_RUNENV: 'SCF' } }).extendedContextKey, '');
    },
  );

  requirement(
    13,
    'bodies are held to the platform’s limit before they are read, and larger answers are a warning',
    async () => {
      for (const [platform, limit] of [
        ['scf', 6 * 1024 * 1024],
        ['fc', 32 * 1024 * 1024],
      ] as const) {
        const served = await serve({ controllers: [Example], platform });
        const announced = { 'Content-Length': String(limit + 1), Expect: '100-continue' };
        assert.equal((await exchange(served.port, head('POST /body', announced))).status, 413);
        const allowed = { 'Content-Length': String(limit), Expect: '100-continue' };
        assert.equal((await exchange(served.port, head('POST /body', allowed))).status, 100);
        await served.close();
      }
      const kilobyte = 1024;
      for (const [platform, query, about] of [
        ['scf', `body=${6 * kilobyte * kilobyte + 1}&type=image/png`, /the body is larger/],
        ['scf', `body=${100 * kilobyte + 1}&type=text/plain`, /the text is larger/],
        ['scf', `body=${100 * kilobyte}&type=text/plain`, undefined],
        ['scf', `header=${4 * kilobyte}`, /the headers are larger/],
        ['scf', `header=${3 * kilobyte}`, undefined],
        ['fc', `header=${8 * kilobyte}`, /the headers are larger/],
        ['fc', `header=${7 * kilobyte}&body=${101 * kilobyte}`, undefined],
        ['container', `header=${9 * kilobyte}&body=${7 * kilobyte * kilobyte}`, undefined],
      ] as const) {
        const served = await serve({ controllers: [Example], platform });
        const answer = await exchange(served.port, head(`GET /large?${query}`));
        assert.equal(answer.status, 200, 'and it is sent');
        const warnings = served.lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
        assert.equal(warnings.length, about === undefined ? 0 : 1, `${platform} ${query}: ${warnings.join()}`);
        if (about !== undefined) assert.match(warnings[0] ?? '', about);
        await served.close();
      }
    },
  );

  requirement(14, 'headers that the gateway sets are left out, with a warning; those of the 101 are not', async () => {
    const served = await serve({ controllers: [Example], platform: 'scf' });
    const { headers } = await exchange(served.port, head('GET /headers'));
    assert.deepEqual([headers.get('server'), headers.get('date')?.[0] === 'then'], [undefined, false]);
    assert.equal(served.lines.filter(({ level }) => level === 'warn').length, 3);
    const fc = await serve({ controllers: [Example], platform: 'fc' });
    const left = (await exchange(fc.port, head('GET /fc-headers'))).headers;
    assert.deepEqual([left.get('x-fc-mine'), left.get('upgrade'), left.get('x-own')], [undefined, undefined, ['2']]);
    assert.notEqual(left.get('connection')?.[0], 'close');
    assert.equal(fc.lines.filter(({ level }) => level === 'warn').length, 3);
    await fc.close();
    const upgraded = await exchange(served.port, upgradeBytes('/ws'));
    assert.equal(upgraded.status, 101);
    assert.deepEqual(
      [upgraded.headers.get('connection'), upgraded.headers.get('upgrade')],
      [['Upgrade'], ['websocket']],
    );
    await served.close();
  });

  requirement(15, 'events are streamed at once, with heartbeats, ids and what a client saw last', async () => {
    const served = await serve({ controllers: [Example], platform: 'scf', sseHeartbeatMs: 40 });
    assert.equal(resolveOptions({}).sseHeartbeatMs, 15_000);
    const stop = new AbortController();
    const got = await fetch(`${served.url}/events`, { headers: { 'last-event-id': '7' }, signal: stop.signal });
    assert.match(got.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.match(got.headers.get('cache-control') ?? '', /no-transform/);
    let text = '';
    const decoder = new TextDecoder();
    assert.ok(got.body !== null);
    for await (const chunk of got.body) {
      text += decoder.decode(chunk, { stream: true });
      if (/\n:/.test(text)) break;
    }
    assert.match(text, /id: ?8\ndata: ?after 7\n\n/);
    const before = left;
    stop.abort();
    await until(() => left > before);
    for (const field of ['id', 'event']) {
      const { statusCode } = await request(`${served.url}/bad-event?field=${field}`);
      assert.equal(statusCode, 500, `a line break in ${field} is refused`);
    }
    await served.close();
  });

  requirement(
    16,
    'WebSockets are allowed or denied, limited, kept awake and closed as the platform counts it',
    async () => {
      const limits = { maxMessagesPerSecond: 10, maxBytesPerSecond: 128 * 1024 };
      const served = await serve({ controllers: [Example], platform: 'scf', wsIdleTimeoutMs: 100, ...limits });
      const refusal = await refusalOf(`${served.url}/ws?allow=no`);
      assert.deepEqual([refusal.status, refusal.text], [402, 'pay']);
      assert.equal(served.app.options.maxMessageBytes, 256 * 1024);
      assert.equal(served.app.options.wsHeartbeatMs, 50);
      const [large, many, heavy, quiet] = await Promise.all(
        ['/ws', '/ws', '/ws', '/ws'].map((path) => Client.open(`${served.url}${path}`)),
      );
      assert.ok(large !== undefined && many !== undefined && heavy !== undefined && quiet !== undefined);
      large.send('x'.repeat(256 * 1024 + 1));
      assert.equal((await large.closed).code, 1009);
      for (let n = 0; n < 11; n += 1) many.send(String(n));
      assert.equal((await many.closed).code, 1008);
      for (let n = 0; n < 3; n += 1) heavy.send('x'.repeat(50 * 1024));
      assert.equal((await heavy.closed).code, 1008);
      await until(() => quiet.pings > 1);
      const closing = served.close();
      assert.equal((await quiet.closed).code, 1011, 'any other but 1000 and 1010 is a failed call on scf');
      await closing;
    },
  );

  requirement(17, 'streams and sockets end by themselves before the platform cuts them', async () => {
    const served = await serve({ controllers: [Example], platform: 'scf' });
    const headers = { 'x-scf-timeout': '1500' };
    const { body } = await request(`${served.url}/context`, { headers });
    const { remaining } = (await body.json()) as { remaining: number };
    assert.ok(remaining > 0 && remaining <= 1500);
    const began = performance.now();
    const [events, client] = await Promise.all([
      fetch(`${served.url}/events`, { headers }),
      Client.open(`${served.url}/ws`, { headers }),
    ]);
    assert.match(await events.text(), /retry: ?\d+\n/);
    assert.equal((await client.closed).code, 1011);
    assert.ok(performance.now() - began < 1500);
    await served.close();
    // Where no header tells, the option does.
    const fc = await serve({ controllers: [Example], platform: 'fc', executionTimeoutMs: 1500 });
    const [stream, socket] = await Promise.all([fetch(`${fc.url}/events`), Client.open(`${fc.url}/ws`)]);
    assert.match(await stream.text(), /retry: ?\d+\n/);
    assert.equal((await socket.closed).code, 1012, 'and not 1006');
    await fc.close();
  });

  requirement(18, 'channels can be replaced, and a hundred requests at once do not disturb one another', async () => {
    class Recorded extends MemoryChannels {
      readonly published: string[] = [];
      override publish(channel: string, message: unknown): Promise<string> {
        this.published.push(channel);
        return super.publish(channel, message);
      }
    }
    @Controller()
    class Publisher {
      constructor(readonly channels: Channels) {}
      @Http('GET', '/:name') async publish(_event: unknown, { params }: HttpContext) {
        await sleep(1);
        return {
          id: await this.channels.publish(params['name'] ?? '', {} satisfies Partial<ChannelMessage>),
          name: params['name'],
        };
      }
    }
    const channels = new Recorded();
    const served = await serve({ controllers: [Publisher], providers: [[Channels, channels]] });
    const names = Array.from({ length: 200 }, (_, index) => `channel-${index}`);
    const answers = await Promise.all(
      names.map(async (name) => (await (await fetch(`${served.url}/${name}`)).json()) as { name: string }),
    );
    assert.deepEqual(
      answers.map(({ name }) => name),
      names,
    );
    assert.deepEqual(channels.published.toSorted(), names.toSorted());
    await served.close();
    if (withoutRedis === false) await testTwoInstances();
  });

  requirement(
    19,
    'it loads and writes cloudbase-functions.json, whose longest path decides, and agrees with cloudbaserc.json',
    async () => {
      const answering = (name: string) =>
        `exports.main = (event, { httpContext }) => ({ name: '${name}', at: httpContext.url });`;
      const config = {
        functionsRoot: 'functions',
        functions: [
          { name: 'orders', directory: 'orders', triggerPath: '/orders' },
          { name: 'web', directory: 'web', source: 'web.js', target: 'api.main' },
        ],
        routes: [
          { path: '/', functionName: 'web' },
          { path: '/orders/export', functionName: 'web' },
        ],
      };
      const validate = new Ajv({ strict: false }).compile(
        JSON.parse(readFileSync(join(ROOT, 'docs/cloudbase-functions.schema.json'), 'utf8')) as object,
      );
      assert.ok(validate(config), JSON.stringify(validate.errors));
      assert.ok(!validate({ ...config, functions: [{ name: 'orders' }] }));
      const files = {
        'functions/orders/index.js': answering('orders'),
        'functions/web/web.js': answering('web').replace('exports.main', 'exports.api = {}; exports.api.main'),
      };
      const served = await serveProject({ 'cloudbase-functions.json': config, ...files }, { platform: 'scf' });
      for (const [path, name] of [
        ['/orders', 'orders'],
        ['/orders/7?x=/orders/export', 'orders'],
        ['/orders/export/7', 'web'],
        ['/ordersexport', 'web'],
      ]) {
        const { body } = await request(`${served.url}${path}`);
        const { name: found, at } = (await body.json()) as { name: string; at: string };
        assert.deepEqual([found, at.endsWith(path ?? '')], [name, true], path);
      }
      await served.close();
      const lost = { ...config, routes: [{ path: '/', functionName: 'wbe' }] };
      await assert.rejects(serveProject({ 'cloudbase-functions.json': lost, ...files }), (error: unknown) => {
        assert.ok(error instanceof StartupError);
        return /wbe/.test(error.message) && /cloudbase-functions\.json:\d+/.test(error.message);
      });
      await testDeployment();
    },
  );

  requirement(
    20,
    'requests are signed in both forms, tokens checked by the issuer’s keys, and forwarded claims read by their types',
    async () => {
      for (const form of ['acs3', 'fc2'] as const) {
        const secret = 'a secret of the function';
        const signed = await serve({ controllers: [Example], use: [signature({ form, keys: { caller: secret } })] });
        const send = async (minutes: number) => {
          const date = new Date(Date.now() + minutes * 60_000);
          const url = `${signed.url}/hello`;
          const headers = signRequest({ form, accessKeyId: 'caller', accessKeySecret: secret, url, date });
          return [(await request(url, { headers })).statusCode, (await request(url, { headers })).statusCode];
        };
        assert.deepEqual(await send(0), [200, 401], 'once, and not again');
        assert.deepEqual(await send(-14.9), [200, 401]);
        for (const minutes of [-15.1, 15.1]) assert.deepEqual(await send(minutes), [401, 401]);
        await signed.close();
      }

      const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
      const issuer = await keyServer({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
      const checked = jwt({ jwksUrl: issuer.url, algorithms: ['ES256'], audience: 'us' });
      const guarded = await serve({ controllers: [Example], use: [checked] });
      const ask = async (kid: string, alg: string, key: CryptoKey | Uint8Array) => {
        const made = new SignJWT({}).setProtectedHeader({ alg, kid }).setAudience('us').setExpirationTime('1m');
        const headers = { authorization: `Bearer ${await made.sign(key)}` };
        return (await request(`${guarded.url}/hello`, { headers })).statusCode;
      };
      assert.equal(await ask('k', 'ES256', privateKey), 200);
      assert.equal(await ask('other', 'ES256', privateKey), 401, 'a key that the issuer does not have');
      assert.equal(await ask('k', 'HS256', randomBytes(32)), 401, 'an algorithm that is not listed');
      assert.equal(await ask('k', 'ES256', (await generateKeyPair('ES256')).privateKey), 401);
      await guarded.close();
      await issuer.close();

      const claimHeaders = ['x-jwt-sub', 'X-JWT-Level'];
      const served = await serve({ controllers: [Example], platform: 'fc', claimHeaders });
      const { body } = await request(`${served.url}/claims`, { headers: { 'x-jwt-sub': 'u-1', 'x-jwt-level': '7' } });
      assert.deepEqual(await body.json(), { sub: 'u-1', level: 7 });
      await served.close();
      const guide = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').split('## Clients')[1] ?? '';
      for (const words of [/1006[^]*That is normal/, /longer each time and by a random part/])
        assert.match(guide, words);
    },
  );
});
