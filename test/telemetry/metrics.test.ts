import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Counter, Registry } from 'prom-client';
import { request } from 'undici';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { Metrics } from '#src/telemetry/metrics.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { SseClient } from '../integration/sse-client.js';
import { Client } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { readMetrics } from './metrics-text.js';
import { anObservedRequest } from './observed-request.js';

let waiting = 0;
let finish = (): void => {};

@Controller('/m')
class Counted {
  @Http('GET', '/:id')
  get(): string {
    return 'x';
  }
  @Http('GET', '/fails/always')
  fails(): never {
    throw new Error('broken');
  }
  @Http('GET', '/waits/long')
  waits(): Promise<void> {
    waiting += 1;
    return new Promise((resolve) => (finish = resolve));
  }
  @Sse('/events/:n')
  async *events() {
    yield* ['one', 'two'];
    await new Promise<void>((resolve) => (finish = resolve));
  }
  @WebSocket('/socket')
  echo(message: string): string {
    return message;
  }
}

describe('metrics', () => {
  let served: Served;
  const more = new Registry();
  const orders = new Counter({ name: 'orders_total', help: 'Orders.', registers: [more] });
  before(async () => {
    served = await serve({ controllers: [Counted], metrics: true, metricsRegisters: [more] });
  });
  after(() => served.close());
  const read = async () => readMetrics(await (await request(`${served.url}/metrics`)).body.text());
  const get = async (path: string) => (await request(`${served.url}${path}`)).body.dump();
  /** Waits for a sample to have a value: ends of requests and connections come a little after their clients'. */
  const becomes = async (name: string, value: number) => {
    for (let now = await read(); now.get(name) !== value; now = await read());
  };

  it('count requests by declared route, method and class of status', async () => {
    for (const path of ['/m/1', '/m/2?x=1', '/m/fails/always', '/not/there', '/m/1/also/not']) await get(path);
    await (await request(`${served.url}/m/1`, { method: 'DELETE' })).body.dump();
    await becomes('http_requests_in_flight', 0);
    const samples = await read();
    const count = (labels: string) => samples.get(`http_request_duration_seconds_count{${labels}}`);
    assert.equal(count('method="GET",route="/m/:id",status="2xx"'), 2);
    assert.equal(count('method="GET",route="/m/fails/always",status="5xx"'), 1);
    assert.equal(count('method="GET",route="none",status="4xx"'), 2);
    assert.equal(count('method="DELETE",route="none",status="4xx"'), 1);
    assert.equal(
      samples.get('http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/m/:id",status="2xx"}'),
      2,
    );
  });

  it('show what is in flight, and count those whose client left', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /m/waits/long'));
    await until(() => waiting === 1);
    assert.equal((await read()).get('http_requests_in_flight'), 1);
    await client.reset();
    await becomes('http_requests_aborted_total', 1);
    assert.equal((await read()).get('http_requests_in_flight'), 0);
    finish();
  });

  it('show open event streams and count their events, apart from requests', async () => {
    const client = await SseClient.open(`${served.url}/m/events/1`);
    await client.has('two');
    const open = await read();
    const shown = ['sse_streams_open', 'sse_streams_opened_total', 'sse_events_total', 'http_requests_in_flight'];
    assert.deepEqual(
      shown.map((name) => open.get(name)),
      [1, 1, 2, 0],
    );
    finish();
    await client.whole();
    await becomes('sse_streams_open', 0);
    const ended = await read();
    assert.deepEqual(
      shown.map((name) => ended.get(name)),
      [0, 1, 2, 0],
    );
    assert.ok(![...ended.keys()].some((name) => name.includes('/m/events')));
  });

  it('show open WebSockets and count messages each way and close codes', async () => {
    const client = await Client.open(`${served.url}/m/socket`);
    client.send('a');
    await client.frame();
    const names = [
      'websockets_open',
      'websocket_messages_total{direction="in"}',
      'websocket_messages_total{direction="out"}',
    ];
    const open = await read();
    assert.deepEqual(
      [...names, 'http_requests_in_flight'].map((name) => open.get(name)),
      [1, 1, 1, 0],
    );
    client.socket.close(4321);
    await client.closed;
    await becomes('websockets_open', 0);
    const closed = await read();
    assert.deepEqual(
      names.map((name) => closed.get(name)),
      [0, 1, 1],
    );
    assert.equal(closed.get('websockets_closed_total{code="4xxx"}'), 1);
  });

  it('tell of the process', async () => {
    const samples = await read();
    assert.ok((samples.get('process_resident_memory_bytes') ?? 0) > 1e7);
    assert.ok((samples.get('nodejs_eventloop_lag_max_seconds') ?? -1) >= 0);
    assert.equal(samples.get('yunction_draining'), 0);
  });

  it('stand beside those of prom-client', async () => {
    orders.inc(3);
    assert.equal((await read()).get('orders_total'), 3);
  });
});

describe('Metrics', () => {
  it('leave out a name that a register has, too: Prometheus refuses one that stands twice', async () => {
    const metrics = new Metrics([
      { metrics: () => '# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 5\n' },
    ]);
    assert.equal(readMetrics(await metrics.text(true)).get('process_resident_memory_bytes'), 5);
    metrics.close();
  });

  it('hold nothing of a request that has ended but its counts', async () => {
    const metrics = new Metrics();
    const { length } = await metrics.text(false);
    for (let count = 0; count < 10_000; count += 1) {
      metrics.requestBegan();
      metrics.requestEnded(anObservedRequest());
    }
    assert.ok((await metrics.text(false)).length < length + 3000);
    metrics.close();
  });
});
