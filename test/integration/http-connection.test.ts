import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';
import { exchange, head, post, RawClient } from './http-raw-client.js';

let running = 0;
let most = 0;
const order: string[] = [];
const signals: AbortSignal[] = [];

@Controller()
class Connections {
  @Http('POST', '/echo')
  echo(body: string): string {
    return body;
  }

  @Http('POST', '/guarded', {
    use: [
      () => {
        throw HttpError.unauthorized();
      },
    ],
  })
  guarded(body: string): string {
    return body;
  }

  @Http('POST', '/noted')
  noted(body: string): object {
    order.push(body);
    return { body };
  }

  @Http('POST', '/nothing')
  nothing(): void {}

  @Http('POST', '/streamed')
  async *streamed(): AsyncGenerator<string> {
    yield 'a';
    yield 'b';
  }

  @Http(['GET', 'POST'], '/wait/:ms')
  async wait(_event: unknown, context: HttpContext): Promise<string> {
    const { ms = '' } = context.params;
    running += 1;
    most = Math.max(most, running);
    order.push(ms);
    signals.push(context.signal);
    await sleep(Number(ms), undefined, { signal: context.signal }).catch(() => {});
    running -= 1;
    return ms;
  }
}

const TEXT = { 'Content-Type': 'text/plain' };

describe('a client that waits for 100 Continue', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Connections], maxBodyBytes: 100_000 });
  });
  after(() => served.close());

  it('is told to go on when the body is wanted', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /echo', { ...TEXT, 'Content-Length': '2', Expect: '100-continue' }));
    assert.equal((await client.response()).status, 100);
    const response = await client.write('hi').response();
    assert.deepEqual([response.status, response.body], [200, 'hi']);
    assert.equal(response.headers.get('connection')?.[0], 'keep-alive');
    await client.destroy();
  });

  for (const [what, path, length, status] of [
    ['the body is too large', '/echo', 100_001, 413],
    ['a middleware refuses it', '/guarded', 2, 401],
    ['no route has the path', '/none', 2, 404],
    ['the handler wants no body', '/nothing', 2, 204],
  ] as const) {
    it(`gets the answer at once, and the connection is closed, when ${what}`, async () => {
      const client = await RawClient.open(served.port);
      client.write(head(`POST ${path}`, { ...TEXT, 'Content-Length': String(length), Expect: '100-continue' }));
      const response = await client.response();
      assert.equal(response.status, status);
      assert.deepEqual(response.headers.get('connection'), ['close']);
      await client.end();
      await client.destroy();
    });
  }
});

describe('a connection', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Connections] });
  });
  after(() => served.close());
  beforeEach(() => {
    running = most = order.length = signals.length = 0;
  });

  for (const [path, status, body] of [
    ['/guarded', 401, /UNAUTHORIZED/],
    ['/nothing', 204, /^$/],
    ['/streamed', 200, /^ab$/],
  ] as const) {
    it(`is not reset under a client that is still sending what ${path} does not read`, async () => {
      const client = await RawClient.open(served.port);
      client.write(head(`POST ${path}`, { ...TEXT, 'Content-Length': '3000000' }), 'x'.repeat(1_000_000));
      const response = await client.response();
      assert.equal(response.status, status);
      assert.match(response.body, body);
      assert.ok(response.whole);
      client.write('x'.repeat(2_000_000));
      await client.end();
      await client.destroy();
    });
  }

  it('is kept when little is left unread', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /nothing', { ...TEXT, 'Content-Length': '2' }));
    assert.equal((await client.response()).status, 204);
    client.write('hi', post('/echo', 'next', TEXT));
    assert.equal((await client.response()).body, 'next');
    await client.destroy();
  });

  it('answers pipelined requests in order, one at a time', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /wait/30'), post('/wait/20', ''), head('GET /wait/0'));
    const bodies = [await client.response(), await client.response(), await client.response()].map(({ body }) => body);
    assert.deepEqual([bodies, order, most], [['30', '20', '0'], ['30', '20', '0'], 1]);
    await client.destroy();
  });

  it('that is reset runs no handler for the pipelined requests that wait, and keeps nothing of them', async () => {
    const client = await RawClient.open(served.port);
    // Fewer than maxPipelinedRequests: a connection that is not read any more is not heard either until the next answer.
    client.write(head('GET /wait/10000').repeat(30));
    await until(() => order.length > 0);
    await client.reset();
    await until(() => signals[0]?.aborted === true);
    await sleep(20);
    assert.equal(order.length, 1);
    assert.deepEqual(served.app.requestsInFlight, []);
  });

  it('handles nothing that comes behind the answer that closes the connection', async () => {
    // The first is answered before its body is read, so the connection closes, and what follows is parsed in the same
    // turn. Node takes an answer to any of it for a fault of its own, which ends the process.
    const asked = (line: string) => `${head(line, { 'Transfer-Encoding': 'chunked' })}3\r\nabc\r\n0\r\n\r\n`;
    for (const last of ['POST /noted', 'GET /_healthz', 'GET /none', 'POST /echo']) {
      const client = await RawClient.open(served.port);
      client.write(`${asked('GET /none')}${asked('GET /wait/7')}${asked(last)}not HTTP`);
      assert.equal((await client.response()).status, 404);
      await assert.rejects(client.response(), /the connection ended after ""/);
      await client.destroy();
    }
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(order, []);
  });
});

describe('a request that does not arrive in time', () => {
  it('is answered with 408, before and after its headers, and nothing is kept of it', async () => {
    const served = await serve({ controllers: [Connections], requestTimeoutMs: 200 });
    for (const bytes of ['GET / HTTP/1.1\r\nHost', head('POST /echo', { ...TEXT, 'Content-Length': '9' })]) {
      const response = await exchange(served.port, bytes);
      assert.equal(response.status, 408);
      assert.equal((JSON.parse(response.body) as { code: string }).code, 'REQUEST_TIMEOUT');
    }
    await until(() => served.app.requestsInFlight.length === 0);
    await served.close();
  });
});
