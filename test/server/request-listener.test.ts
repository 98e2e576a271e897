import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { IsInt, Min } from 'class-validator';
import { currentContext } from '#src/context/current-context.js';
import { HttpContext } from '#src/context/http-context.js';
import type { Next } from '#src/context/middleware.js';
import { SseContext } from '#src/context/sse-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { HttpError } from '#src/errors/http-error.js';
import { exchange, head, post, RawClient } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';

const steps: string[] = [];
let context: HttpContext | undefined;
let release = (): void => undefined;

/** Something that is awaited without being a promise: a query builder. */
function lazily(value: unknown): PromiseLike<unknown> {
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- query builders are such objects
    then: (resolve, reject) => Promise.resolve(value).then(resolve, reject),
  };
}

/** Writes down when it is passed, inwards and outwards. */
async function outer(given: HttpContext, next: Next): Promise<unknown> {
  steps.push(`in ${given.path}`);
  try {
    return await next();
  } finally {
    steps.push(`out ${given.path}`);
  }
}

@Controller()
class Lives {
  @Http('GET', '/plain') plain(_event: unknown, given: HttpContext) {
    context = given;
    steps.push('handle');
    return currentContext() === given ? 'here' : 'lost';
  }
  @Http('GET', '/later') async later(_event: unknown, given: HttpContext) {
    await sleep(1);
    return currentContext() === given ? 'here' : 'lost';
  }
  @Http('GET', '/lazy') lazy() {
    return lazily({ lazy: true });
  }
  @Http('GET', '/lazy-error') lazyError() {
    return lazily(Promise.reject(HttpError.conflict()));
  }
  @Http('GET', '/throws') throws() {
    throw HttpError.conflict();
  }
  @Http('GET', '/bad-then') badThen() {
    // oxlint-disable-next-line unicorn/no-thenable -- what it throws is the point
    return Object.defineProperty({}, 'then', {
      get() {
        throw HttpError.conflict();
      },
    });
  }
  @Http('GET', '/not-thenable') notThenable() {
    // oxlint-disable-next-line unicorn/no-thenable -- that it is none is the point
    return { then: 'a word' };
  }
  @Http('POST', '/body') body(body: string) {
    steps.push('handle');
    return body;
  }
  @Http('POST', '/none') none() {
    steps.push('handle');
    return 'none';
  }
  @Http('GET', '/waits') async waits(_event: unknown, given: HttpContext) {
    context = given;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return 'waited';
  }
  @Http('GET', '/limited', { timeoutMs: 60_000 }) limited(_event: unknown, given: HttpContext) {
    return { left: given.remainingMs() };
  }
  @Http('GET', '/unlimited', { timeoutMs: 0 }) unlimited(_event: unknown, given: HttpContext) {
    return { left: given.remainingMs() };
  }
  @Http('POST', '/slow-body', { timeoutMs: 60_000 }) slowBody(body: string, given: HttpContext) {
    return `${body} ${given.remainingMs() > 59_000}`;
  }
  @Sse('/events') *events(_event: unknown, given: SseContext) {
    context = given;
    yield 'one';
  }
  @Sse('/text') text() {
    return 'no events';
  }
  @Sse('/refused') refused() {
    return HttpError.conflict();
  }
  @Sse('/bytes') bytes() {
    return Buffer.from('bytes');
  }
  @Sse('/hand') hand(_event: unknown, given: SseContext) {
    given.sse().end('by hand');
    return Readable.from(['a source that nobody wants']);
  }
  @Http('GET', '/throws/:what') throwsIt(_event: unknown, given: HttpContext) {
    given.sse().send('opened');
    throw given.params['what'] === 'error' ? new Error('midway') : HttpError.conflict();
  }
}

describe('the life of a request', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Lives], use: [outer], currentContext: true });
  });
  after(() => served.close());
  beforeEach(() => {
    steps.length = 0;
    context = undefined;
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    exchange(served.port, head(`GET ${path}`, headers));

  it('goes through middleware to the handler and back', async () => {
    assert.equal((await get('/plain')).body, 'here');
    assert.deepEqual(steps, ['in /plain', 'handle', 'out /plain']);
  });

  it('has its context wherever the handler goes, and none outside', async () => {
    assert.equal((await get('/later')).body, 'here');
    assert.throws(() => currentContext());
  });

  it('waits for what can be awaited, and for nothing else', async () => {
    assert.equal((await get('/lazy')).body, '{"lazy":true}');
    assert.equal((await get('/not-thenable')).body, '{"then":"a word"}');
    for (const path of ['/lazy-error', '/throws', '/bad-then']) assert.equal((await get(path)).status, 409, path);
  });

  it('runs no middleware for a request whose head is refused', async () => {
    const refused = await get('/plain', { Host: 'a b' });
    assert.equal(refused.status, 400);
    assert.deepEqual(steps, []);
  });

  it('leaves nothing in flight, in whatever way it ends', async () => {
    for (const path of ['/plain', '/throws', '/events', '/hand', '/nowhere', '/throws/error']) await get(path);
    const client = await RawClient.open(served.port);
    client.write(head('GET /waits'));
    await until(() => context?.path === '/waits');
    assert.equal(served.app.requestsInFlight.length, 1);
    await client.reset();
    await until(() => served.app.requestsInFlight.length === 0);
    assert.equal(context?.signal.aborted, true);
    release();
  });

  it('gives a result to nobody that comes when the client has left', async () => {
    served.lines.length = 0;
    const client = await RawClient.open(served.port);
    client.write(head('GET /waits'));
    await until(() => context !== undefined);
    await client.reset();
    await until(() => context?.signal.aborted === true);
    release();
    await setImmediate();
    assert.deepEqual(
      served.lines.filter(({ level }) => level === 'error' || level === 'warn'),
      [],
    );
  });

  it('runs no handler of a request that follows one that closes the connection (RFC 9112, section 9.6)', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /later', { Connection: 'close' }), post('/none', ''));
    assert.equal((await client.response()).body, 'here');
    await client.end();
    await client.destroy();
    assert.deepEqual(steps, ['in /later', 'out /later']);
  });

  it('ends the connection of an HTTP/1.0 client that sends chunks, which it cannot know (RFC 9112, section 6.1)', async () => {
    const client = await RawClient.open(served.port);
    client.write('POST /body HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    const { status, headers } = await client.response();
    assert.deepEqual([status, headers.get('connection')], [400, ['close']]);
    await client.end();
    await client.destroy();
  });

  it('begins a pipelined request when the one before it is answered', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /waits'), head('GET /plain'));
    await until(() => context?.path === '/waits');
    await setImmediate();
    assert.equal(steps.includes('handle'), false);
    release();
    assert.equal((await client.response()).body, 'waited');
    assert.equal((await client.response()).body, 'here');
    assert.deepEqual(steps, ['in /waits', 'out /waits', 'in /plain', 'handle', 'out /plain']);
    await client.destroy();
  });

  it('knows its deadline, or that it has none', async () => {
    const { left } = JSON.parse((await get('/limited')).body) as { left: number };
    assert.ok(left > 50_000 && left <= 60_000, String(left));
    assert.deepEqual(JSON.parse((await get('/unlimited')).body), { left: null }, 'Infinity, as JSON has it');
  });

  it('gives the handler its whole time when the body has come', async () => {
    const response = await exchange(served.port, post('/slow-body', 'x', { 'Content-Type': 'text/plain' }));
    assert.equal(response.body, 'x true');
  });

  it('begins an event stream where a stream’s handler gives events, and answers anything else as usual', async () => {
    const events = await get('/events');
    assert.deepEqual(events.headers.get('content-type'), ['text/event-stream; charset=utf-8']);
    assert.equal(events.body, 'data: one\n\n');
    assert.ok(context instanceof SseContext);
    const text = await get('/text');
    assert.deepEqual([text.headers.get('content-type'), text.body], [['text/plain; charset=utf-8'], 'no events']);
    assert.equal((await get('/refused')).status, 409);
    assert.equal((await get('/bytes')).body, 'bytes');
    assert.equal((await get('/hand')).body, 'data: by hand\n\n');
  });

  it('has the head of the stream, and no handler’s events, where HEAD asks', async () => {
    const { status, headers } = await exchange(served.port, head('HEAD /events'));
    assert.deepEqual([status, headers.get('content-type')], [200, ['text/event-stream; charset=utf-8']]);
  });

  it('tells of an error as the last event where the stream has begun', async () => {
    const { status, body, whole } = await get('/throws/error');
    assert.deepEqual([status, whole], [200, true]);
    assert.match(body, /^data: opened\n\nevent: error\ndata: .*"code":"INTERNAL"/);
    assert.match((await get('/throws/refusal')).body, /event: error\ndata: .*"code":"CONFLICT"/);
  });
});

class Counted {
  @IsInt() @Min(1) count!: number;
}

@Controller()
class Counts {
  @Http('POST', '/count') count({ count }: Counted) {
    return { count };
  }
}

describe('an event that is not valid', () => {
  const wrong = post('/count', JSON.stringify({ count: 0 }), { 'Content-Type': 'application/json' });

  it('is thrown to the middleware around its handler', async () => {
    const heard: unknown[] = [];
    const listen = async (_context: HttpContext, next: Next): Promise<unknown> => {
      try {
        return await next();
      } catch (error) {
        heard.push(error);
        return { replaced: true };
      }
    };
    const { port, close } = await serve({ controllers: [Counts], use: [listen] });
    assert.equal((await exchange(port, wrong)).body, '{"replaced":true}');
    assert.ok(heard[0] instanceof HttpError && heard[0].code === 'VALIDATION_FAILED');
    await close();
  });

  it('is answered, and its handler not called, where there is none', async () => {
    const { port, close } = await serve({ controllers: [Counts] });
    const { status, body } = await exchange(port, wrong);
    assert.equal(status, 400);
    assert.equal((JSON.parse(body) as { detail: string }).detail, 'count must not be less than 1');
    await close();
  });
});

describe('a request with an expectation (RFC 9110, section 10.1.1)', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Lives], currentContext: true });
  });
  after(() => served.close());
  beforeEach(() => {
    steps.length = 0;
  });

  it('is told to go on, in its turn, behind another request', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /plain'), head('POST /body', { 'Content-Length': '2', Expect: '100-Continue' }));
    assert.equal((await client.response()).status, 200);
    assert.equal((await client.response()).status, 100);
    assert.equal((await client.write('hi').response()).body, 'hi');
    await client.destroy();
  });

  it('is not told to go on where nobody reads the body; what it sends all the same is not taken for a request', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /none', { 'Content-Length': '2', Expect: '100-continue' }));
    const { status, headers } = await client.response();
    assert.deepEqual([status, headers.get('connection')], [200, ['close']]);
    client.write('hi', head('GET /plain'));
    await client.end();
    await client.destroy();
    assert.deepEqual(steps, ['handle']);
  });

  it('is ignored in HTTP/1.0', async () => {
    const bytes = 'POST /body HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi';
    assert.deepEqual((await exchange(served.port, bytes)).body, 'hi');
  });

  it('is refused where it expects anything else, before the handler runs', async () => {
    for (const value of ['200-ok', '101-continue']) {
      const refused = await exchange(served.port, head('POST /none', { 'Content-Length': '0', Expect: value }));
      assert.equal(refused.status, 417, value);
    }
    assert.deepEqual(steps, []);
  });

  it('is answered by the health checks as without it', async () => {
    for (const value of ['100-continue', 'x']) {
      assert.equal((await exchange(served.port, head('GET /_healthz', { Expect: value }))).body, 'ok', value);
    }
  });

  it('that cannot be read is refused for that, not for what it expects', async () => {
    assert.equal((await exchange(served.port, head('GET /plain', { Host: 'a b', Expect: 'x' }))).status, 400);
  });
});
