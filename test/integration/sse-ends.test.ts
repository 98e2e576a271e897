import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import type { HttpContext } from '#src/context/http-context.js';
import { SseContext } from '#src/context/sse-context.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { SseClient } from './sse-client.js';

const never = new Promise<never>(() => undefined);

/** What the handlers below have seen. */
const seen = { yielded: 0, ended: [] as string[], signals: [] as AbortSignal[] };

@Controller()
class Endings {
  @Sse('/waits')
  async *waits(_event: unknown, context: SseContext) {
    seen.signals.push(context.signal);
    try {
      yield 'first';
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    } finally {
      seen.ended.push('waits');
    }
  }
  @Sse('/readable')
  readable() {
    return new Readable({
      objectMode: true,
      read: () => undefined,
      destroy: (error, done) => {
        seen.ended.push('readable');
        done(error);
      },
    });
  }
  @Sse('/web-stream')
  webStream() {
    return new ReadableStream({ cancel: () => void seen.ended.push('web-stream') });
  }
  @Sse('/endless')
  async *endless() {
    for (;;) {
      seen.yielded += 1;
      yield 'x'.repeat(16_384);
    }
  }
  @Sse('/flood')
  flood(_event: unknown, context: SseContext) {
    const stream = context.sse();
    stream.on('close', () => void seen.ended.push('flood'));
    const timer = setInterval(() => {
      for (let index = 0; index < 20 && !stream.closed; index += 1) stream.send('x'.repeat(65_536));
      if (stream.closed) clearInterval(timer);
    }, 1);
  }
  @Sse('/heartbeats', { heartbeatMs: 20, retryMs: 1234 })
  async *heartbeats() {
    yield 'one';
    await never;
  }
  @Sse('/no-heartbeats', { heartbeatMs: 5 })
  async noHeartbeats(_event: unknown, context: SseContext) {
    const stream = context.sse({ keepalive: false });
    stream.send('one');
    setTimeout(() => stream.end('two'), 60);
  }
  @Http('GET', '/over-http', { timeoutMs: 30 })
  overHttp(_event: unknown, context: HttpContext) {
    const stream = context.sse();
    stream.send(
      context.remainingMs() === Number.POSITIVE_INFINITY ? 'none of the handler’s time' : 'the handler’s time',
    );
    setTimeout(() => stream.end('two'), 100);
  }
  @Sse('/bad-return')
  async *badReturn() {
    try {
      for (;;) {
        yield 'first';
        await wait(1);
      }
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- the fault that is tested
      throw new Error('the clean-up failed');
    }
  }
}

/** Asks for a stream on a socket that never reads. */
async function openWithoutReading(port: number, path: string) {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.on('error', () => socket.destroy());
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return socket;
}

describe('the end of an event stream', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Endings], sseOpenMs: 30, maxBufferedBytes: 262_144 });
  });
  after(() => served.close());
  const open = (path: string) => SseClient.open(`${served.url}${path}`);
  const idle = () => until(() => served.app.requestsInFlight.length === 0);

  it('runs a waiting generator’s finally and aborts its signal when the client leaves', async () => {
    const client = await open('/waits');
    await client.has('first');
    client.leave();
    await until(() => seen.ended.includes('waits'));
    assert.equal(seen.signals.at(-1)?.aborted, true);
    await idle();
  });

  it('ends a Readable and a ReadableStream that have nothing to say when the client leaves', async () => {
    for (const path of ['readable', 'web-stream']) {
      const client = await open(`/${path}`); // the headers come after sseOpenMs, without an event
      assert.equal(client.status, 200);
      client.leave();
      await until(() => seen.ended.includes(path));
    }
    await idle();
  });

  it('logs a clean-up that fails, and lives on', async () => {
    const client = await open('/bad-return');
    await client.has('first');
    client.leave();
    await until(() => served.lines.some(({ msg, level }) => level === 'warn' && msg.includes('generator')));
    await idle();
  });

  it('pulls a generator only as fast as the client reads', async () => {
    const socket = await openWithoutReading(served.port, '/endless');
    await until(() => seen.yielded > 0);
    let settled = -1;
    while (settled !== seen.yielded) {
      settled = seen.yielded;
      await wait(50);
    }
    // What the kernel holds for both sides, and no more.
    assert.ok(seen.yielded < 2000, `${seen.yielded} events were pulled`);
    socket.resume();
    await until(() => seen.yielded > settled);
    socket.destroy();
    await idle();
  });

  it('cuts a client that does not read while the handler sends without waiting', async () => {
    const socket = await openWithoutReading(served.port, '/flood');
    await until(() => seen.ended.includes('flood'));
    assert.ok(served.lines.some(({ msg }) => msg.includes('does not read')));
    socket.destroy();
    await idle();
  });

  it('sends heartbeats while nothing else is sent, and the reconnection time at the start', async () => {
    const client = await open('/heartbeats');
    await until(() => client.text.split(': heartbeat').length > 3);
    assert.match(client.text, /^retry: 1234\n\ndata: one\n\n(: heartbeat\n\n)+$/);
    client.leave();
    const silent = await open('/no-heartbeats');
    assert.equal(await silent.whole(), 'data: one\n\ndata: two\n\n');
    await idle();
  });
});

describe('a stream that the server ends', () => {
  it('does not end with the time of the handler that opened it, on a route of HTTP either', async () => {
    const served = await serve({ controllers: [Endings] });
    const client = await SseClient.open(`${served.url}/over-http`);
    const text = await client.whole();
    await served.close();
    assert.equal(text, 'data: none of the handler’s time\n\ndata: two\n\n');
  });

  it('ends before the deadline with a time to reconnect', async () => {
    const served = await serve({ controllers: [Endings], executionTimeoutMs: 100, sseOpenMs: 5 });
    const client = await SseClient.open(`${served.url}/waits`);
    assert.match(await client.whole(), /^data: first\n\nretry: \d+\n\n$/);
    await served.close();
  });

  it('ends on shutdown with a time to reconnect, without cutting anything', async () => {
    const served = await serve({ controllers: [Endings] });
    const client = await SseClient.open(`${served.url}/waits`);
    await client.has('first');
    const report = await served.app.close();
    assert.match(await client.whole(), /^data: first\n\nretry: \d+\n\n$/);
    assert.deepEqual(report, { cut: 0 });
  });

  it('ends a stream that opens while the server goes down', async () => {
    let proceed = () => undefined as void;
    const gate = new Promise<void>((resolve) => (proceed = resolve));
    let asked = false;
    const middleware = async (_context: unknown, next: () => Promise<unknown>) => {
      asked = true;
      await gate;
      return next();
    };
    const served = await serve({ controllers: [Endings], use: [middleware], shutdownMs: 30_000 });
    const client = SseClient.open(`${served.url}/waits`);
    await until(() => asked);
    const closing = served.app.close();
    proceed();
    assert.match(await (await client).whole(), /retry: \d+\n\n$/);
    assert.deepEqual(await closing, { cut: 0 });
  });
});
