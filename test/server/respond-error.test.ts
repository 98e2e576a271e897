import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { exchange, head, RawClient } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';

const cycle: { self?: unknown } = {};
cycle.self = cycle;

/** What handlers throw, by name. */
const THROWN: Record<string, (context: HttpContext) => unknown> = {
  error: () => new Error('a secret'),
  undefined: () => undefined,
  null: () => null,
  text: () => 'a secret',
  object: () => ({ secret: true }),
  cycle: () => cycle,
  cause: () => new HttpError(502, 'the other side is down', { cause: new Error('a secret') }),
  client: () => HttpError.badRequest('not like this', { headers: { 'X-Why': ['one', 'two'], 'content-type': 'x/y' } }),
  'bad-header': () => HttpError.conflict('taken', { code: 'TAKEN', headers: { 'X-Bad': 'a\nb' } }),
  'bad-preset': ({ response }) => {
    response.setHeader('X-Bad', '云').setHeader('X-Good', 'lost too');
    return HttpError.conflict('taken');
  },
  preset: ({ response }) => {
    response.status = 201;
    response.setHeader('X-Kept', '1').setHeader('Vary', 'Origin').setCookie('a', '1');
    for (const name of ['Content-Language', 'content-encoding', 'Content-Disposition', 'Content-Length'])
      response.setHeader(name, '3');
    response.setHeader('Content-Security-Policy', "default-src 'none'");
    response.setHeader('content-security-policy-report-only', "default-src 'self'");
    for (const name of ['ETAG', 'Last-Modified', 'Expires', 'Cache-Control', 'Accept-Ranges'])
      response.setHeader(name, '3');
    return HttpError.conflict('taken', { headers: { 'x-kept': '2', 'Set-Cookie': 'b=2' } });
  },
};

let release = (): void => undefined;
let handling = false;

/** Fails when it is told to, after its client has left or its time was up. */
async function failLate(thrown: () => unknown): Promise<never> {
  await new Promise<void>((resolve) => {
    release = resolve;
    handling = true;
  });
  throw thrown();
}

@Controller()
class Failing {
  @Http('ALL', '/throws/:what')
  throws(_event: unknown, context: HttpContext): unknown {
    throw THROWN[context.params['what'] ?? '']?.(context);
  }

  @Http('GET', '/late/error') lateError() {
    return failLate(() => new Error('late'));
  }
  @Http('GET', '/late/http') lateHttp() {
    return failLate(() => HttpError.conflict());
  }
  @Http('GET', '/late/abort') async lateAbort(_event: unknown, { signal }: HttpContext) {
    handling = true;
    await sleep(60_000, undefined, { signal });
  }
  @Http('GET', '/late/reason') lateReason(_event: unknown, { signal }: HttpContext) {
    return failLate(() => signal.reason);
  }
  @Http('GET', '/late/slow', { timeoutMs: 10 }) lateSlow() {
    return failLate(() => new Error('late'));
  }
}

describe('an error that is answered', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Failing] });
  });
  after(() => served.close());
  beforeEach(() => {
    served.lines.length = 0;
    handling = false;
  });
  const get = (path: string) => request(`${served.url}${path}`);
  const errors = () => served.lines.filter(({ level }) => level === 'error');

  for (const [what, msg] of [
    ['error', 'a handler failed: Error: a secret'],
    ['undefined', 'a handler failed: thrown value: undefined'],
    ['null', 'a handler failed: thrown value: null'],
    ['text', 'a handler failed: a secret'],
    ['object', 'a handler failed: thrown value: {"secret":true}'],
    ['cycle', 'a handler failed: thrown value of type object'],
  ] as const) {
    it(`is 500 whatever is thrown, in the log and not in the answer: ${what}`, async () => {
      const { statusCode, body } = await get(`/throws/${what}`);
      const text = await body.text();
      assert.deepEqual([statusCode, (JSON.parse(text) as { code: string }).code], [500, 'INTERNAL']);
      assert.doesNotMatch(text, /secret/);
      assert.deepEqual(
        errors().map(({ msg, route, code }) => [msg, route, code]),
        [[msg, 'Failing.throws', 'INTERNAL']],
      );
    });
  }

  it('is logged with its cause where it is the server’s, and not at all where it is the client’s', async () => {
    const { statusCode, body } = await get('/throws/cause');
    assert.equal(statusCode, 502);
    assert.doesNotMatch(await body.text(), /secret/);
    const [line, ...more] = errors();
    assert.deepEqual(
      [line?.msg, (line?.['err'] as Error | undefined)?.message, more.length],
      ['the other side is down', 'a secret', 0],
    );
    served.lines.length = 0;
    await (await get('/throws/client')).body.dump();
    assert.deepEqual(served.lines, []);
  });

  it('has the headers of the error, but a content type of its own', async () => {
    const { headers, body } = await get('/throws/client');
    await body.dump();
    assert.deepEqual(headers['x-why'], ['one', 'two']);
    assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8');
  });

  it('keeps its status, code and detail though its own headers, or those set before, cannot be written', async () => {
    for (const [what, code] of [
      ['bad-header', 'TAKEN'],
      ['bad-preset', 'CONFLICT'],
    ]) {
      served.lines.length = 0;
      const got = await exchange(served.port, head(`GET /throws/${what}`));
      const problem = JSON.parse(got.body) as { code: string; detail: string };
      assert.deepEqual([got.status, got.reason, problem.code, problem.detail], [409, 'Conflict', code, 'taken']);
      assert.deepEqual([got.headers.has('x-bad'), got.headers.has('x-good')], [false, false]);
      assert.deepEqual(
        errors().map(({ msg }) => msg),
        ['an error could not be answered as it should'],
      );
    }
  });

  it('keeps what was set before, but for the status and what describes a body that is not sent', async () => {
    const got = await exchange(served.port, head('GET /throws/preset'));
    assert.equal(got.status, 409);
    assert.deepEqual(got.headers.get('x-kept'), ['2']);
    assert.deepEqual(got.headers.get('vary'), ['Origin']);
    assert.deepEqual(got.headers.get('set-cookie'), ['a=1; Path=/', 'b=2']);
    assert.deepEqual(got.headers.get('content-length'), [String(Buffer.byteLength(got.body))]);
    // They speak of what a page may do, not of the body.
    assert.deepEqual(got.headers.get('content-security-policy'), ["default-src 'none'"]);
    assert.deepEqual(got.headers.get('content-security-policy-report-only'), ["default-src 'self'"]);
    const others = ['language', 'encoding', 'disposition'].map((name) => `content-${name}`);
    for (const name of [...others, 'etag', 'last-modified', 'expires', 'cache-control', 'accept-ranges'])
      assert.equal(got.headers.has(name), false, name);
  });

  it('has the same head where HEAD asks, and the connection goes on', async () => {
    const client = await RawClient.open(served.port);
    const whole = await client.write(head('GET /throws/client')).response();
    const only = await client.write(head('HEAD /throws/client')).response('HEAD');
    assert.deepEqual([only.status, only.body], [whole.status, '']);
    assert.deepEqual(only.headers.get('content-type'), whole.headers.get('content-type'));
    // Both bodies have an id of the same length.
    assert.deepEqual(only.headers.get('content-length'), whole.headers.get('content-length'));
    assert.equal((await client.write(head('GET /throws/client')).response()).status, 400);
    await client.destroy();
  });

  for (const [path, level, msg] of [
    ['/late/error', 'warn', 'a handler failed after its request had ended: Error: late'],
    ['/late/http', 'debug', 'a handler gave up after its request had ended'],
    ['/late/abort', 'debug', 'a handler gave up after its request had ended'],
    ['/late/reason', 'debug', 'a handler gave up after its request had ended'],
  ] as const) {
    it(`is logged as ${level} when its client has left: ${path}`, async () => {
      const client = await RawClient.open(served.port);
      client.write(head(`GET ${path}`));
      await until(() => handling);
      await client.reset();
      await until(() => served.app.requestsInFlight.length === 0);
      release();
      const lines = () => served.lines.filter(({ msg }) => msg.startsWith('a handler'));
      await until(() => lines().length > 0);
      const [line, ...more] = lines();
      assert.deepEqual(
        [line?.level, line?.msg, line?.['route'], more.length],
        [level, msg, `Failing.${path.replace(/\/late\/(.)/, (_, first: string) => `late${first.toUpperCase()}`)}`, 0],
      );
    });
  }

  it('is answered once: what fails after its time was up is only logged', async () => {
    const client = await RawClient.open(served.port);
    const late = await client.write(head('GET /late/slow')).response();
    assert.equal(late.status, 504);
    release();
    await until(() => served.lines.some(({ level }) => level === 'warn'));
    assert.deepEqual(
      served.lines.map(({ level, msg }) => [level, msg]),
      [
        ['error', 'no answer within the time that the handler has'],
        ['warn', 'a handler failed after its request had ended: Error: late'],
      ],
    );
    assert.equal((await client.write(head('GET /throws/client')).response()).status, 400);
    await client.destroy();
  });
});

describe('an error of a developer’s machine', () => {
  it('shows what an unexpected error says, and never what stands behind one that is an answer', async () => {
    const served = await serve({ controllers: [Failing], exposeErrors: true });
    const problemOf = async (what: string) =>
      (await (await request(`${served.url}/throws/${what}`)).body.json()) as { detail?: string; stack?: string };
    const exposed = await problemOf('error');
    assert.equal(exposed.detail, 'Error: a secret');
    assert.match(exposed.stack ?? '', /respond-error\.test/);
    assert.equal((await problemOf('text')).detail, 'a secret');
    const answer = await problemOf('cause');
    assert.deepEqual([answer.detail, answer.stack], ['the other side is down', undefined]);
    await served.close();
  });
});
