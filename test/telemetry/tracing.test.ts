import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { InMemorySpanExporter, ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { request } from 'undici';
import { HttpContext as Context } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { HttpError } from '#src/errors/http-error.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { SseClient } from '../integration/sse-client.js';
import { Client } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { registerTracer, unregisterTracer } from './spans.js';

const work = (name: string) => trace.getTracer('test').startSpan(name).end();
let waiting = 0;

@Controller('/t')
class Traced {
  @Http('GET', '/:id')
  async get(_event: unknown, context: Context) {
    await turn();
    work('query');
    context.log.info('within');
    return 'x';
  }
  @Http('GET', '/fails/:how')
  fails(_event: unknown, context: Context) {
    if (context.params['how'] === 'conflict') throw HttpError.conflict();
    throw new TypeError('redis://u:S3CRET@host');
  }
  @Http('GET', '/waits/long')
  waits(): Promise<void> {
    waiting += 1;
    return new Promise(() => {});
  }
  @Sse('/events/all')
  async *events() {
    yield 'one';
    await turn();
    work('next event');
    yield 'two';
  }
  @Sse('/events/broken')
  async *broken() {
    yield 'one';
    await turn();
    throw new Error('midway');
  }
  @WebSocket('/socket/:room', { on: 'open' })
  opened() {
    work('opening');
  }
  @WebSocket('/socket/:room')
  async said(message: { fail?: boolean }) {
    await turn();
    work('saying');
    if (message.fail === true) throw new Error('no');
    return { ok: true };
  }
}

describe('tracing', () => {
  let exporter: InMemorySpanExporter;
  let served: Served;
  before(async () => {
    exporter = registerTracer();
    served = await serve({ controllers: [Traced], accessLog: true, currentContext: true });
  });
  after(async () => {
    await served.close();
    unregisterTracer();
  });
  beforeEach(() => {
    exporter.reset();
    served.lines.length = 0;
  });

  const named = async (name: string): Promise<ReadableSpan> => {
    const find = () => exporter.getFinishedSpans().find((span) => span.name === name);
    await until(() => find() !== undefined);
    const span = find();
    assert.ok(span !== undefined);
    return span;
  };
  const ids = ({ traceId, spanId }: { traceId: string; spanId: string }) => [traceId, spanId];
  const get = async (path: string, headers = {}) => (await request(`${served.url}${path}`, { headers })).body.dump();

  it('makes a span of a request by the stable conventions, and none of its query', async () => {
    await get('/t/1?token=S3CRET', { 'User-Agent': 'u', 'X-Request-Id': 'r' });
    const span = await named('GET /t/:id');
    assert.deepEqual(
      [span.kind, span.status.code, span.parentSpanContext],
      [SpanKind.SERVER, SpanStatusCode.UNSET, undefined],
    );
    assert.deepEqual(span.attributes, {
      'http.request.method': 'GET',
      'url.path': '/t/1',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': served.port,
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
      'http.route': '/t/:id',
      'code.function.name': 'Traced.get',
      'user_agent.original': 'u',
      'yunction.request_id': 'r',
      'http.response.status_code': 200,
    });
  });

  it('is the parent of what a handler does, and the child of what the client names', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await get('/t/1', { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'vendor=1' });
    const span = await named('GET /t/:id');
    const inner = await named('query');
    assert.deepEqual(ids(span.parentSpanContext ?? assert.fail('no parent')), [traceId, 'b7ad6b7169203331']);
    assert.equal(span.spanContext().traceState?.get('vendor'), '1');
    assert.deepEqual(ids(inner.parentSpanContext ?? assert.fail('no parent')), ids(span.spanContext()));
  });

  it('begins a trace of its own where the client’s word is none', async () => {
    for (const traceparent of ['', 'x', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`]) {
      exporter.reset();
      await get('/t/1', { traceparent });
      assert.equal((await named('GET /t/:id')).parentSpanContext, undefined);
    }
  });

  it('tells the trace in the lines of the handler and in the access record', async () => {
    await get('/t/1');
    const { traceId } = (await named('GET /t/:id')).spanContext();
    await until(() => served.lines.length === 2);
    assert.deepEqual(
      served.lines.map((line) => [line.msg, line['traceId']]),
      [
        ['within', traceId],
        ['request', traceId],
      ],
    );
  });

  it('is an error where the server failed, with what was thrown but its secrets', async () => {
    await get('/t/fails/hard');
    const span = await named('GET /t/fails/:how');
    assert.deepEqual(
      [span.status.code, span.attributes['error.type'], span.attributes['http.response.status_code']],
      [SpanStatusCode.ERROR, 'INTERNAL', 500],
    );
    const [event] = span.events;
    assert.deepEqual(
      [event?.name, event?.attributes?.['exception.type'], event?.attributes?.['exception.message']],
      ['exception', 'TypeError', 'redis://u:[redacted]@host'],
    );
    assert.ok(!JSON.stringify(event).includes('S3CRET'));
  });

  it('is no error where the client was wrong or left', async () => {
    await get('/t/fails/conflict');
    const wrong = await named('GET /t/fails/:how');
    assert.deepEqual([wrong.status.code, wrong.attributes['http.response.status_code']], [SpanStatusCode.UNSET, 409]);
    const client = await RawClient.open(served.port);
    client.write(head('GET /t/waits/long'));
    await until(() => waiting === 1);
    await client.reset();
    const left = await named('GET /t/waits/long');
    assert.deepEqual(
      [left.status.code, left.attributes['error.type'], left.attributes['http.response.status_code']],
      [SpanStatusCode.UNSET, 'client_closed_request', undefined],
    );
  });

  it('names a span by its method alone where no route matched', async () => {
    await get('/not/there');
    const span = await named('GET');
    assert.deepEqual([span.attributes['http.route'], span.attributes['http.response.status_code']], [undefined, 404]);
  });

  it('spans an event stream to its end, and is the parent of what its generator does', async () => {
    const client = await SseClient.open(`${served.url}/t/events/all`);
    await client.whole();
    const span = await named('GET /t/events/all');
    const inner = await named('next event');
    assert.deepEqual([span.attributes['yunction.sse.messages'], span.events[0]?.name], [2, 'sse opened']);
    assert.deepEqual(ids(inner.parentSpanContext ?? assert.fail('no parent')), ids(span.spanContext()));
  });

  it('is an error where a stream failed midway', async () => {
    await (await SseClient.open(`${served.url}/t/events/broken`)).whole();
    const span = await named('GET /t/events/broken');
    assert.deepEqual([span.status.code, span.attributes['error.type']], [SpanStatusCode.ERROR, 'INTERNAL']);
    assert.deepEqual(
      span.events.map(({ name }) => name),
      ['sse opened', 'exception'],
    );
  });

  it('makes spans of an upgrade, of the connection within it, and of each message, linked to the connection', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const client = await Client.open(`${served.url}/t/socket/1`, { headers: { traceparent } });
    client.send({});
    await client.frame();
    client.send({ fail: true });
    await client.frame();
    client.socket.close(4000);
    await client.closed;
    const connection = await named('websocket /t/socket/:room');
    const upgrade = await named('GET /t/socket/:room');
    assert.equal(upgrade.attributes['http.response.status_code'], 101);
    assert.equal(upgrade.parentSpanContext?.spanId, 'b7ad6b7169203331');
    assert.deepEqual(ids(connection.parentSpanContext ?? assert.fail('no parent')), ids(upgrade.spanContext()));
    assert.deepEqual(
      ids((await named('opening')).parentSpanContext ?? assert.fail('no parent')),
      ids(connection.spanContext()),
    );
    const { attributes } = connection;
    assert.deepEqual(
      ['close_code', 'messages_in', 'messages_out'].map((name) => attributes[`yunction.websocket.${name}`]),
      [4000, 2, 2],
    );

    const all = exporter.getFinishedSpans();
    const [good, bad, ...more] = all.filter(({ name }) => name === 'message /t/socket/:room');
    assert.ok(good !== undefined && bad !== undefined && more.length === 0);
    for (const message of [good, bad]) {
      assert.equal(message.parentSpanContext, undefined);
      assert.deepEqual(
        message.links.map((link) => ids(link.context)),
        [ids(connection.spanContext())],
      );
    }
    assert.deepEqual([good.status.code, good.attributes['messaging.message.body.size']], [SpanStatusCode.UNSET, 2]);
    assert.deepEqual(
      [bad.status.code, bad.attributes['error.type'], bad.events[0]?.name],
      [SpanStatusCode.ERROR, 'INTERNAL', 'exception'],
    );
    const parents = all
      .filter(({ name }) => name === 'saying')
      .map(({ parentSpanContext }) => parentSpanContext?.spanId);
    assert.deepEqual(parents, [good.spanContext().spanId, bad.spanContext().spanId]);
  });

  it('ends every span that it has begun', async () => {
    await get('/t/1');
    await (await SseClient.open(`${served.url}/t/events/all`)).whole();
    const raw = await RawClient.open(served.port);
    raw.write('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
    await raw.response();
    await raw.reset();
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(
      exporter
        .getFinishedSpans()
        .map(({ name }) => name)
        .filter((name) => name.startsWith('GET'))
        .sort(),
      ['GET', 'GET /t/:id', 'GET /t/events/all'],
    );
  });
});

describe('tracing beside an instrumentation of node:http', () => {
  it('makes an inner span, and leaves what the client sent to the outer one', async () => {
    const exporter = registerTracer();
    const { Tracing } = await import('#src/telemetry/tracing.js');
    const api = await import('@opentelemetry/api');
    const { anObservedRequest } = await import('./observed-request.js');
    const tracing = new Tracing(api);
    trace.getTracer('http').startActiveSpan('outer', (outer) => {
      const observed = anObservedRequest();
      tracing.requestBegan(observed);
      tracing.requestEnded(observed);
      outer.end();
    });
    const [inner, outer] = exporter.getFinishedSpans();
    unregisterTracer();
    assert.equal(inner?.kind, SpanKind.INTERNAL);
    assert.equal(inner.parentSpanContext?.spanId, outer?.spanContext().spanId);
  });
});
