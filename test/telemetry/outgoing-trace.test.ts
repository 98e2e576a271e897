// W3C trace context out: whatever calls somebody within a request, stream or message hands its own trace on.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { context as active, propagation } from '@opentelemetry/api';
import type { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import type { MiddlewareFunction } from '#src/context/middleware.js';
import { SseContext } from '#src/context/sse-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { SseClient } from '../integration/sse-client.js';
import { Client } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { registerTracer, unregisterTracer } from './spans.js';

/** A call as docs/operations.md makes it: the propagator writes the headers. */
async function call({ host = '' }: HttpContext): Promise<void> {
  await turn();
  const headers: Record<string, string> = {};
  propagation.inject(active.active(), headers);
  await (await request(`http://${host}/callee`, { headers })).body.dump();
}

const calling: MiddlewareFunction = async (context, next) => {
  await call(context);
  return next();
};

@Controller()
class Callers {
  @Http('GET', '/callee') callee() {}
  @Http('GET', '/handler')
  async handler(_event: unknown, context: HttpContext) {
    await call(context);
  }
  @Http('GET', '/middleware', { use: [calling] }) middleware() {}
  @Sse('/generator')
  async *generator(_event: unknown, context: SseContext) {
    yield 'one';
    await call(context);
  }
  @WebSocket('/message')
  async message(_message: unknown, context: WebSocketContext) {
    await call(context);
    return 'called';
  }
}

describe('a call that goes out', () => {
  let exporter: InMemorySpanExporter;
  let served: Served;
  before(async () => {
    exporter = registerTracer();
    served = await serve({ controllers: [Callers] });
  });
  after(async () => {
    await served.close();
    unregisterTracer();
  });
  beforeEach(() => exporter.reset());

  const get = async (path: string, headers = {}) => (await request(`${served.url}${path}`, { headers })).body.dump();
  const spanOf = async (name: string) => {
    const find = () => exporter.getFinishedSpans().find((span) => span.name === name);
    await until(() => find() !== undefined);
    return find() ?? assert.fail(name);
  };
  const send = async () => {
    const client = await Client.open(`${served.url}/message`);
    client.send({});
    await client.frame();
    client.socket.close();
    await client.closed;
  };

  for (const [from, caller, make] of [
    ['a handler', 'GET /handler', () => get('/handler')],
    ['a middleware', 'GET /middleware', () => get('/middleware')],
    ['a generator', 'GET /generator', async () => (await SseClient.open(`${served.url}/generator`)).whole()],
    ['the handler of a message', 'message /message', send],
  ] as const) {
    it(`from ${from} is a child of its span`, async () => {
      await make();
      const { parentSpanContext: parent } = await spanOf('GET /callee');
      const { traceId, spanId } = (await spanOf(caller)).spanContext();
      assert.deepEqual([parent?.traceId, parent?.spanId], [traceId, spanId]);
    });
  }

  it('hands on what the client sent: its trace, and the state of its vendors', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await get('/handler', { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'vendor=1' });
    const callee = (await spanOf('GET /callee')).spanContext();
    assert.deepEqual([callee.traceId, callee.traceState?.get('vendor')], [traceId, '1']);
  });
});
