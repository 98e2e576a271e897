import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { EventSource } from 'eventsource';
import { IsInt, Max } from 'class-validator';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import type { HttpContext } from '#src/context/http-context.js';
import { SseContext } from '#src/context/sse-context.js';
import { HttpError } from '#src/errors/http-error.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { SseClient } from './sse-client.js';

class Count {
  @IsInt() @Max(10) to!: number;
}

@Controller('/sse')
class Streams {
  @Sse('/count')
  async *count({ to }: Count) {
    for (let index = 1; index <= to; index += 1) yield { id: index, event: 'step', data: { index } };
  }
  @Sse('/array')
  array() {
    return ['text', { data: 1, id: 2 }, [1, 2], Promise.resolve('later')];
  }
  @Sse('/arrays')
  async *arrays() {
    yield [1, 2];
    yield [];
  }
  @Sse('/web-stream')
  webStream() {
    return new ReadableStream({
      start(controller) {
        controller.enqueue('one');
        controller.enqueue({ data: 'two', event: 'x' });
        controller.close();
      },
    });
  }
  @Sse('/readable')
  readable() {
    return Readable.from(['a', 'b']);
  }
  @Sse('/by-hand')
  byHand(_event: unknown, context: SseContext) {
    context.response.setHeader('X-Own', 'kept').setHeader('Content-Type', 'text/plain').setCookie('seen', '1');
    const stream = context.sse({ headers: { 'X-Option': 'yes' } });
    stream.send({ data: 'single', id: 1 });
    stream.send(['in', { data: 'an array' }]);
    stream.send('text');
    stream.send(Buffer.from('bytes'));
    setTimeout(() => stream.end({ data: 'last' }), 5);
  }
  @Http('GET', '/over-http')
  overHttp(_event: unknown, context: HttpContext) {
    const stream = context.sse();
    stream.send('over http');
    stream.end();
  }
  @Sse('/chat', { method: 'POST' })
  async *chat({ to }: Count) {
    yield `prompt ${to}`;
  }
  @Sse('/breaks')
  async *breaks() {
    yield 'a\nb\r\nc\rd';
    yield 'end';
  }
  @Sse('/resume')
  async *resume(_event: unknown, context: SseContext) {
    const from = Number(context.lastEventId ?? 0);
    if (from >= 6) return;
    for (let id = from + 1; id <= from + 2; id += 1) yield { id, data: id, retry: 1 };
  }
  @Sse('/nothing')
  // oxlint-disable-next-line require-yield -- a generator without events is what is tested
  async *nothing(_event: unknown, context: SseContext) {
    context.response.setHeader('Access-Control-Allow-Origin', '*');
  }
  @Sse('/sync-throw')
  syncThrow() {
    throw new HttpError(409, 'no');
  }
  @Sse('/async-throw')
  // oxlint-disable-next-line require-yield -- a generator without events is what is tested
  async *asyncThrow() {
    await wait(1);
    throw new Error('secret');
  }
  @Sse('/throw-later')
  async *throwLater() {
    yield 'one';
    throw new HttpError(422, 'changed my mind', { code: 'CHANGED' });
  }
  @Sse('/inject')
  async *inject() {
    yield 'before';
    yield { data: 1, id: '1\n\ndata: injected' };
  }
  @Sse('/inject-by-hand')
  injectByHand(_event: unknown, context: SseContext) {
    const stream = context.sse();
    stream.send('before');
    const bad = JSON.parse('[{"data":1,"event":"a\\ndata: injected"},{"data":1,"retry":"1\\ndata: injected"}]') as [];
    for (const event of bad) assert.throws(() => stream.send(event), TypeError);
    stream.end('after');
  }
  @Sse('/bad-header')
  async *badHeader(_event: unknown, context: SseContext) {
    context.response.setHeader('X-Bad', 'a\nb');
    yield 'one';
  }
  @Sse('/bad-header-late')
  async *badHeaderLate(_event: unknown, context: SseContext) {
    context.response.setHeader('X-Bad', 'a\nb');
    await wait(100);
    yield 'one';
  }
  @Sse('/bad-header-nothing')
  // oxlint-disable-next-line require-yield -- a generator without events is what is tested
  async *badHeaderNothing(_event: unknown, context: SseContext) {
    context.response.setHeader('X-Bad', 'a\nb');
  }
  @Sse('/send-after-error')
  sendAfterError(_event: unknown, context: SseContext) {
    const stream = context.sse();
    setTimeout(() => stream.send('late'), 5);
    throw new HttpError(400);
  }
  @Sse('/large')
  async *large() {
    yield 'x'.repeat(8 << 20);
    yield 'end';
  }
  @Sse('/large-by-hand')
  largeByHand(_event: unknown, context: SseContext) {
    const stream = context.sse();
    stream.send('x'.repeat(8 << 20));
    void stream.drained().then(() => stream.end('end'));
  }
}

describe('event streams', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Streams], sseOpenMs: 40, maxBufferedBytes: 65_536 });
  });
  after(() => served.close());
  const open = (path: string, given = {}) => SseClient.open(`${served.url}/sse${path}`, given);
  const whole = async (path: string, given = {}) => (await open(path, given)).whole();
  const stillServes = async () => assert.match(await whole('/count?to=1'), /"index":1/);

  it('sends what a generator yields, with the headers of an event stream', async () => {
    const client = await open('/count?to=2');
    assert.equal(
      await client.whole(),
      'event: step\nid: 1\ndata: {"index":1}\n\nevent: step\nid: 2\ndata: {"index":2}\n\n',
    );
    const { headers } = client.response;
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache, no-transform');
    assert.equal(headers['x-accel-buffering'], 'no');
  });

  it('sends the items of an array, of a ReadableStream and of a Readable', async () => {
    assert.equal(await whole('/array'), 'data: text\n\nid: 2\ndata: 1\n\ndata: [1,2]\n\ndata: later\n\n');
    assert.equal(await whole('/web-stream'), 'data: one\n\nevent: x\ndata: two\n\n');
    assert.equal(await whole('/readable'), 'data: a\n\ndata: b\n\n');
  });

  it('sends an array that a generator yields as one event', async () => {
    assert.equal(await whole('/arrays'), 'data: [1,2]\n\ndata: []\n\n');
  });

  it('sends what is written by hand, and keeps the handler’s headers but for those of the stream', async () => {
    const client = await open('/by-hand');
    assert.equal(
      await client.whole(),
      'id: 1\ndata: single\n\ndata: in\n\ndata: an array\n\ndata: text\n\ndata: bytes\n\ndata: last\n\n',
    );
    const { headers } = client.response;
    assert.deepEqual(
      [headers['x-own'], headers['x-option'], headers['set-cookie']],
      ['kept', 'yes', ['seen=1; Path=/']],
    );
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(await whole('/over-http'), 'data: over http\n\n');
  });

  it('answers a POST with a body', async () => {
    const given = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"to":3}' };
    assert.equal(await whole('/chat', given), 'data: prompt 3\n\n');
    assert.equal((await open('/chat', { ...given, body: '{"to":11}' })).status, 400);
  });

  it('answers an error before the first event as an ordinary one', async () => {
    for (const [path, status, code] of [
      ['/sync-throw', 409, 'CONFLICT'],
      ['/async-throw', 500, 'INTERNAL'],
      ['/count?to=99', 400, 'VALIDATION_FAILED'],
      ['/count', 400, 'VALIDATION_FAILED'],
      ['/bad-header', 500, 'INTERNAL'],
      ['/bad-header-late', 500, 'INTERNAL'],
      ['/bad-header-nothing', 500, 'INTERNAL'],
    ] as const) {
      const client = await open(path);
      const problem = JSON.parse(await client.whole()) as { code: string };
      assert.deepEqual([path, client.status, problem.code], [path, status, code]);
      assert.equal(client.response.headers['content-type'], 'application/problem+json; charset=utf-8');
    }
    await stillServes();
  });

  it('writes nothing more after such an error, however long the handler holds the stream', async () => {
    const client = await open('/send-after-error');
    assert.equal(client.status, 400);
    await client.whole();
    await wait(20);
    await stillServes();
  });

  it('sends an error after the start as an event, and ends', async () => {
    const [first, second] = (await whole('/throw-later')).split('\n\n');
    assert.equal(first, 'data: one');
    assert.match(second ?? '', /^event: error\ndata: \{.*"code":"CHANGED"/);
  });

  it('refuses an injected event and keeps the stream intact', async () => {
    const text = await whole('/inject');
    assert.match(text, /^data: before\n\nevent: error\ndata: [^\n]*"INTERNAL"[^\n]*\n\n$/);
    assert.doesNotMatch(text, /injected/);
    assert.equal(await whole('/inject-by-hand'), 'data: before\n\ndata: after\n\n');
    await stillServes();
  });

  it('gives a browser’s EventSource every kind of line break', async () => {
    const source = new EventSource(`${served.url}/sse/breaks`);
    const data = await new Promise((resolve) => source.addEventListener('message', (event) => resolve(event.data)));
    source.close();
    assert.equal(data, 'a\nb\nc\nd');
  });

  it('resumes by Last-Event-ID when an EventSource reconnects, until 204 tells it to stop', async () => {
    const source = new EventSource(`${served.url}/sse/resume`);
    const seen: string[] = [];
    source.addEventListener('message', (event) => void seen.push(event.lastEventId));
    await until(() => source.readyState === EventSource.CLOSED);
    assert.deepEqual(seen, ['1', '2', '3', '4', '5', '6']);
  });

  it('answers 204 with the handler’s headers where a generator yields nothing', async () => {
    const client = await open('/nothing');
    assert.equal(client.status, 204);
    assert.equal(client.response.headers['access-control-allow-origin'], '*');
    assert.equal(await client.whole(), '');
  });

  it('answers HEAD with the headers alone, and ends', async () => {
    for (const path of ['/count?to=1', '/by-hand']) {
      const client = await open(path, { method: 'HEAD' });
      assert.equal(client.status, 200);
      assert.equal(client.response.headers['content-type'], 'text/event-stream; charset=utf-8');
      assert.equal(await client.whole(), '');
    }
    await until(() => served.app.requestsInFlight.length === 0);
  });

  it('sends one event that is larger than what may wait', async () => {
    for (const path of ['/large', '/large-by-hand']) {
      const text = await whole(path);
      assert.equal(text.length, 'data: \n\n'.length + (8 << 20) + 'data: end\n\n'.length, path);
    }
  });
});
