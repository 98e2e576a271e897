import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { SseContext } from '#src/context/sse-context.js';
import type { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { HttpError } from '#src/errors/http-error.js';
import { AccessLog } from '#src/telemetry/access-log.js';
import { exchange, head, RawClient } from '../integration/http-raw-client.js';
import { SseClient } from '../integration/sse-client.js';
import { Client } from '../integration/web-socket-client.js';
import { type Line, recordInto, type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { anObservedRequest } from './observed-request.js';

let began = false;

@Controller('/a')
class Logged {
  @Http('GET', '/:id')
  get(_event: unknown, context: HttpContext): unknown {
    if (context.params['id'] === 'fails') throw new Error('broken');
    return context.params['id'] === 'no' ? HttpError.conflict() : 'x';
  }

  @Http('POST', '/')
  take(event: { text: string }): unknown {
    return event.text.length;
  }

  @Http('GET', '/wait/for-ever')
  wait(): Promise<void> {
    began = true;
    return new Promise(() => {});
  }

  @Http('GET', '/large/one')
  large(): Buffer {
    return Buffer.alloc(32 << 20);
  }

  @Http('GET', '/quiet/one', { accessLog: false })
  quiet(): string {
    return 'hush';
  }

  @Http('GET', '/broken/off')
  async *broken() {
    yield 'some';
    await Promise.resolve();
    throw new Error('broken');
  }

  @Sse('/events/broken')
  *brokenEvents() {
    yield 'one';
    throw HttpError.conflict();
  }

  @Sse('/events/three')
  *events(_event: unknown, _context: SseContext) {
    yield* ['one', 'two', 'three'];
  }
}

@Controller('/ws')
class Talks {
  @WebSocket('/echo')
  said(message: Buffer, context: WebSocketContext): void {
    context.ws.send(message);
    context.ws.send('and text');
  }

  @WebSocket('/quiet', { accessLog: false })
  hush(message: string): string {
    return message;
  }
}

function accessLines(lines: readonly Line[]): Line[] {
  return lines.filter(({ msg }) => ['request', 'sse opened', 'websocket opened', 'websocket'].includes(msg));
}

/** What of a record differs from run to run, checked and left out. */
function stable(line: Line | undefined): Record<string, unknown> {
  const { ms, handlerMs, bytesIn, bytesOut, userAgent, ...rest } = (line ?? {}) as Record<string, unknown>;
  assert.ok(typeof ms === 'number' && ms >= 0);
  assert.ok(handlerMs === undefined || (typeof handlerMs === 'number' && handlerMs >= 0 && handlerMs <= ms));
  for (const bytes of [bytesIn, bytesOut]) assert.ok(bytes === undefined || Number.isInteger(bytes));
  assert.ok(userAgent === undefined || typeof userAgent === 'string');
  return rest;
}

describe('the access log', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Logged, Talks], accessLog: true });
  });
  after(() => served.close());

  const linesOf = async (count: number) => {
    await until(() => accessLines(served.lines).length >= count);
    const lines = accessLines(served.lines);
    assert.equal(lines.length, count);
    served.lines.length = 0;
    return lines;
  };

  it('tells of each request once, without its query, at the level of its status', async () => {
    const headers = { 'X-Request-Id': 'r' };
    for (const path of ['/a/1?token=secret', '/a/no', '/none', '/a/fails']) {
      await (await request(`${served.url}${path}`, { headers })).body.dump();
    }
    const common = { requestId: 'r', msg: 'request', method: 'GET', ip: '127.0.0.1' };
    assert.deepEqual((await linesOf(4)).map(stable), [
      { ...common, level: 'info', path: '/a/1', status: 200, route: 'Logged.get' },
      { ...common, level: 'warn', path: '/a/no', status: 409, route: 'Logged.get', code: 'CONFLICT' },
      { ...common, level: 'warn', path: '/none', status: 404, code: 'NOT_FOUND' },
      { ...common, level: 'error', path: '/a/fails', status: 500, route: 'Logged.get', code: 'INTERNAL' },
    ]);
  });

  it('tells the handler’s time where there was one, and the client’s name, cut where it is long', async () => {
    for (const path of ['/a/1', '/none']) {
      await (await request(`${served.url}${path}`, { headers: { 'User-Agent': 'u'.repeat(500) } })).body.dump();
    }
    const [handled, unmatched] = await linesOf(2);
    assert.ok(typeof handled?.['handlerMs'] === 'number');
    assert.equal(unmatched?.['handlerMs'], undefined);
    assert.equal(handled['userAgent'], 'u'.repeat(256));
  });

  it('cuts a path that is too long, and is refused', async () => {
    await (await request(`${served.url}/${'p'.repeat(9000)}`)).body.dump();
    const [line] = await linesOf(1);
    assert.deepEqual([line?.['status'], line?.['path']], [414, `/${'p'.repeat(1023)}`]);
  });

  it('counts the bytes of each request on a connection that carries several', async () => {
    const client = await RawClient.open(served.port);
    const body = JSON.stringify({ text: 'x'.repeat(1000) });
    const first = head('POST /a', { 'Content-Type': 'application/json', 'Content-Length': String(body.length) }) + body;
    const second = head('GET /a/1');
    const answered: number[] = [];
    for (const text of [first, second]) {
      client.write(text);
      await client.response();
      answered.push(client.socket.bytesRead - answered.reduce((sum, bytes) => sum + bytes, 0));
    }
    const lines = await linesOf(2);
    assert.deepEqual(
      lines.map(({ bytesIn, bytesOut }) => [bytesIn, bytesOut]),
      [first, second].map((text, index) => [text.length, answered[index]]),
    );
    await client.reset();
  });

  it('tells that the client left before the answer, of which none was sent', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /a/wait/for-ever'));
    await until(() => began);
    await client.reset();
    const [line] = await linesOf(1);
    assert.deepEqual([line?.['aborted'], line?.['status'], line?.level], [true, 499, 'info']);
  });

  const broken = { method: 'POST', path: '/a', route: 'Logged.take', msg: 'request', ip: '127.0.0.1' };
  const taking = (more: Record<string, string>) => head('POST /a', { 'Content-Type': 'application/json', ...more });
  const idOf = (body: string) => (JSON.parse(body) as { requestId: string }).requestId;

  it('tells of a body that breaks what was answered to it, under the id that the client was told', async () => {
    for (const [chunk, code] of [
      ['zz\r\n', 'BAD_REQUEST'],
      ['', 'INCOMPLETE_BODY'],
    ] as const) {
      const client = await RawClient.open(served.port);
      client.write(taking({ 'Transfer-Encoding': 'chunked' }), `5\r\n{"tex\r\n${chunk}`);
      if (chunk === '') client.socket.end();
      const response = await client.response();
      assert.deepEqual(response.headers.get('connection'), ['close']);
      await client.destroy();
      const [line] = await linesOf(1);
      const requestId = idOf(response.body);
      assert.deepEqual(stable(line), { ...broken, level: 'warn', status: 400, code, requestId });
    }
  });

  it('tells of a client that was cut off in the middle of its body that nothing was answered, and where it came from', async () => {
    const client = await RawClient.open(served.port);
    client.write(taking({ 'Content-Length': '100' }), '{"text":');
    await until(() => served.app.requestsInFlight.length === 1);
    await client.reset();
    const [line] = await linesOf(1);
    const { requestId, ...rest } = stable(line);
    assert.equal(typeof requestId, 'string');
    assert.deepEqual(rest, { ...broken, level: 'info', status: 499, code: 'INCOMPLETE_BODY', aborted: true });
  });

  it('tells of a large answer that the client did not wait for that it was aborted', async () => {
    for (const leave of ['destroy', 'reset'] as const) {
      const client = await RawClient.open(served.port);
      client.socket.pause();
      client.write(head('GET /a/large/one'));
      await until(() => served.app.requestsInFlight.length === 1);
      await client[leave]();
      const [line] = await linesOf(1);
      assert.deepEqual([line?.['status'], line?.['aborted'], line?.['ip']], [200, true, '127.0.0.1']);
    }
  });

  it('tells of an answer that went wrong after its status was sent, and why, so that it is seen', async () => {
    const client = await RawClient.open(served.port);
    await client.write(head('GET /a/broken/off')).end();
    const [line] = await linesOf(1);
    const { level, status, code, aborted } = line ?? ({} as Line);
    assert.deepEqual([level, status, code, aborted], ['warn', 200, 'INTERNAL', true]);
    await client.destroy();

    await (await SseClient.open(`${served.url}/a/events/broken`)).whole();
    const [, ended] = await linesOf(2);
    assert.deepEqual([ended?.level, ended?.['code'], ended?.['messages']], ['warn', 'CONFLICT', 1]);
  });

  it('tells of an early answer that it was whole, though the client was still sending', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /none', { 'Transfer-Encoding': 'chunked' }), '2\r\nhi\r\n');
    assert.equal((await client.response()).status, 404);
    client.write('zz\r\n');
    await client.destroy();
    const [line] = await linesOf(1);
    assert.deepEqual([line?.['status'], line?.['code'], line?.['aborted']], [404, 'NOT_FOUND', undefined]);
  });

  it('tells of an event stream when it opens and when it has ended, with its events', async () => {
    const client = await SseClient.open(`${served.url}/a/events/three`, { headers: { 'Last-Event-ID': '7' } });
    const text = await client.whole();
    const [opened, ended] = await linesOf(2);
    assert.deepEqual(
      [opened?.msg, opened?.['route'], opened?.['messages']],
      ['sse opened', 'Logged.events', undefined],
    );
    assert.deepEqual([ended?.msg, ended?.['sse'], ended?.['messages'], ended?.['resumes']], ['request', true, 3, 1]);
    assert.equal(opened?.['requestId'], ended?.['requestId']);
    assert.ok(Number(ended?.['bytesOut']) > text.length);
  });

  it('tells of a WebSocket when it opens and when it has closed, with messages and bytes each way', async () => {
    const client = await Client.open(`${served.url}/ws/echo?ticket=secret`);
    for (let count = 0; count < 2; count += 1) client.send(Buffer.alloc(1000));
    for (let count = 0; count < 4; count += 1) await client.frame();
    client.socket.close(4001);
    await client.closed;
    const [opened, closed] = await linesOf(2);
    const common = { level: 'info', method: 'GET', path: '/ws/echo', status: 101, route: 'Talks /ws/echo' };
    const { requestId, ip } = (opened ?? {}) as Record<string, unknown>;
    assert.deepEqual(stable(opened), { ...common, msg: 'websocket opened', requestId, ip });
    const counted = { closeCode: 4001, messagesIn: 2, messagesOut: 4 };
    assert.deepEqual(stable(closed), { ...common, ...counted, msg: 'websocket', requestId, ip });
    for (const bytes of ['bytesIn', 'bytesOut'])
      assert.ok(Number(closed?.[bytes]) > 2000 && Number(closed?.[bytes]) < 4000);
  });

  it('is silent about routes that say so', async () => {
    await (await request(`${served.url}/a/quiet/one`)).body.dump();
    const client = await Client.open(`${served.url}/ws/quiet`);
    client.send('x');
    await client.frame();
    await client.close();
    await (await request(`${served.url}/a/last`)).body.dump();
    const [only] = await linesOf(1);
    assert.equal(only?.['path'], '/a/last');
  });

  it('is not written where the option says so', async () => {
    const off = await serve({ controllers: [Logged], accessLog: false });
    await exchange(off.port, head('GET /a/1'));
    await off.close();
    assert.deepEqual(off.lines, []);
  });
});

describe('an access log that writes one request in so many', () => {
  it('leaves out those that went well, and none that failed or was aborted', () => {
    const lines: Line[] = [];
    const log = new AccessLog(recordInto(lines), 10);
    for (let count = 0; count < 100; count += 1) log.requestEnded(anObservedRequest({ status: 200 }));
    assert.equal(lines.length, 10);
    for (let count = 0; count < 5; count += 1) log.requestEnded(anObservedRequest({ status: 404 }));
    log.requestEnded(anObservedRequest({ status: 200, finished: false }));
    assert.equal(lines.length, 16);
  });
});
