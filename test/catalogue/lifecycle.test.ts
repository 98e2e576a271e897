// Rows 63-65 of the catalogue: signals, ports, descriptors, and a Redis that is not there. Longer forms of the same are
// in test/integration/lifecycle.test.ts, drain-under-load.test.ts and test/channels/redis.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EventSource } from 'eventsource';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import { SseContext } from '#src/context/sse-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { StartupError } from '#src/errors/startup-error.js';
import { RawConnection } from '../fixtures/http-client.js';
import { TestProcess } from '../fixtures/run-process.js';
import { SseClient } from '../integration/sse-client.js';
import { freePort, startRedis, withoutRedis } from '../redis-server.js';
import { serve } from '../serve.js';
import { until } from '../until.js';
import { untilAnswered } from '../until-answered.js';

const PROGRAM = fileURLToPath(new URL('fault-app.js', import.meta.url));
const ENV = { PORT: '0', YUNCTION_HOST: '127.0.0.1', IDLE_CLOSE_MS: '50' };

const launch = (env: Record<string, string> = {}, openFiles?: number) =>
  new TestProcess([PROGRAM], { env: { ...ENV, ...env }, ...(openFiles === undefined ? {} : { openFiles }) });

describe('the catalogue: signals', () => {
  it('row 63: SIGTERM under load answers what was asked and ends with 0', async () => {
    const process = launch();
    const port = await process.port();
    let stopped = false;
    let answered = 0;
    const failures: string[] = [];
    const worker = async () => {
      for (;;) {
        const connection = new RawConnection(port);
        connection.get('/slow?ms=10', { Connection: 'close' });
        try {
          await connection.match(/^HTTP\/1\.1 200 OK\r\n[^]*slow$/);
          answered += 1;
        } catch {
          // What was refused before it was accepted was never asked (a client tries the next instance).
          if (!stopped || connection.received !== '') failures.push(connection.received);
          return;
        }
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    await until(() => answered > 50);
    stopped = true;
    process.signal('SIGTERM');
    await Promise.all(workers);
    assert.deepEqual(failures, []);
    assert.equal((await process.ended).code, 0);
  });

  it('row 63: a second SIGTERM ends the process at once', async () => {
    const process = launch({ SHUTDOWN_MS: '600000' });
    const port = await process.port();
    const connection = new RawConnection(port);
    connection.get('/slow?ms=600000');
    const other = new RawConnection(port);
    other.get('/good');
    await other.match(/good$/);
    process.signal('SIGTERM');
    await process.output(/draining/);
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 1);
    await connection.ended;
  });

  it('row 63: SIGTERM during the start: it never listens, and ends with 0', async () => {
    const process = launch({ START_MS: '600000' });
    await process.output(/starting/);
    process.signal('SIGTERM');
    const { code, stdout } = await process.ended;
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /ready on/);
  });

  it('row 63: after a SIGKILL a client goes on at the next instance where it was', async () => {
    const port = await freePort();
    const first = launch({ PORT: `${port}` });
    await first.port();
    const seen: number[] = [];
    const source = new EventSource(`http://127.0.0.1:${port}/ticks`);
    source.addEventListener('message', ({ data }) => void seen.push(Number(data)));
    await until(() => seen.length > 5);
    first.signal('SIGKILL');
    assert.equal((await first.ended).signal, 'SIGKILL');
    const last = seen.length;
    const second = launch({ PORT: `${port}` });
    await second.port();
    await until(() => seen.length > last + 5);
    source.close();
    assert.deepEqual(
      seen,
      seen.map((_, index) => index + 1),
    );
    second.signal('SIGTERM');
    assert.equal((await second.ended).code, 0);
  });

  it('row 64: a port that is taken is one line and exit code 1', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    assert.ok(address !== null && typeof address === 'object');
    const { code, stdout, stderr } = await launch({ PORT: `${address.port}` }).ended;
    holder.close();
    assert.equal(code, 1);
    assert.doesNotMatch(stdout, /ready on/);
    assert.match(stderr, /^yunction: .*\n$/);
    assert.match(stderr, /EADDRINUSE|in use|taken/i);
  });

  it('row 64: without descriptors left the surplus is closed, readiness fails with one line, and the server answers again', async () => {
    const process = launch({}, 60);
    const port = await process.port();
    // A balancer that keeps its connection hears of it; a new one would be closed as all are.
    const probe = new RawConnection(port);
    probe.get('/_readyz');
    await probe.match(/^HTTP\/1\.1 200/);
    const connections = Array.from({ length: 160 }, () => new RawConnection(port));
    await Promise.any(connections.map(({ ended }) => ended));
    for (let asked = 0; asked < 3; asked += 1) probe.get('/_readyz');
    await probe.match(/(?:HTTP\/1\.1 503[^]*"failed":\["descriptors"\][^]*){3}/);
    for (const connection of connections) connection.destroy();
    await Promise.all(connections.map(({ ended }) => ended));
    // The server need not have seen all of them close yet.
    await untilAnswered(`http://127.0.0.1:${port}/good`, 'good');
    probe.get('/_readyz');
    await probe.match(/503[^]*HTTP\/1\.1 200/);
    probe.destroy();
    const told = process.lines().map(({ msg }) => msg);
    assert.equal(told.filter((message) => message === 'not ready').length, 1);
    assert.equal(told.filter((message) => message === 'ready again').length, 1);
    assert.ok(told.length < 40, 'the log is not flooded');
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });
});

describe('the catalogue: Redis', { skip: withoutRedis }, () => {
  const served = async (channels: RedisChannels) => {
    @Controller()
    class Feed {
      @Http('POST', '/publish') async publish(event: { n: number }) {
        return { id: await channels.publish('feed', event) };
      }
      @Sse('/feed') feed(_event: unknown, { lastEventId, signal }: SseContext) {
        return channels.subscribe('feed', lastEventId === undefined ? { signal } : { signal, after: lastEventId });
      }
    }
    return serve({ controllers: [Feed], channels });
  };
  const publish = (url: string, n: number) =>
    fetch(`${url}/publish`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: `{"n":${n}}` });

  it('row 65: no Redis at start stops the start, or leaves channels within the instance where that is wished', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    await assert.rejects(served(new RedisChannels({ url })), StartupError);
    const channels = new RedisChannels({ url, whenUnavailable: 'degrade', publishTimeoutMs: 100 });
    const server = await served(channels);
    await until(() => channels.state === 'degraded');
    const client = await SseClient.open(`${server.url}/feed`);
    assert.equal((await publish(server.url, 1)).status, 200);
    await client.has('"n":1');
    client.leave();
    await server.close();
  });

  it('row 65: a Redis that dies or hangs makes publish fail in time, and streams say what they may have missed', async () => {
    await using redis = await startRedis();
    const channels = new RedisChannels({ url: redis.url, publishTimeoutMs: 300, settleTimeoutMs: 300 });
    const server = await served(channels);
    const client = await SseClient.open(`${server.url}/feed`);
    assert.equal((await publish(server.url, 1)).status, 200);
    await client.has('"n":1');
    redis.pause();
    assert.ok((await publish(server.url, 2)).status >= 503, 'as DEBUG SLEEP: no answer');
    redis.resume();
    await redis.kill();
    assert.ok((await publish(server.url, 3)).status >= 503, 'killed');
    await redis.start(); // with nothing of what it had
    await until(() => channels.state === 'ready');
    assert.equal((await publish(server.url, 4)).status, 200);
    await client.has('"n":4');
    assert.match(client.text, /event: gap\n/);
    assert.doesNotMatch(client.text, /"n":3/);
    client.leave();
    assert.equal((await fetch(`${server.url}/_healthz`)).status, 200);
    await server.close();
  });

  it('row 65: a Redis that is full makes publish fail, a wrong password stops the start', async () => {
    await using full = await startRedis('--maxmemory', '1', '--maxmemory-policy', 'noeviction');
    const channels = new RedisChannels({ url: full.url, publishTimeoutMs: 1000 });
    const server = await served(channels);
    assert.ok((await publish(server.url, 1)).status >= 500);
    await server.close();
    await using locked = await startRedis('--requirepass', 'right');
    const url = locked.url.replace('redis://', 'redis://:wrong@');
    const mistake = { name: 'StartupError', message: /password/ };
    await assert.rejects(served(new RedisChannels({ url, whenUnavailable: 'degrade' })), mistake);
  });
});
