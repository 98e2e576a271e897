import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';
import { exchange, head, post, RawClient } from './http-raw-client.js';

const circular: { self?: unknown } = {};
circular.self = circular;

/** Handlers that go wrong, by name. */
const FAILING: Record<string, (context: HttpContext) => unknown> = {
  error: () => {
    throw new Error('the password is hunter2');
  },
  null: () => {
    throw null;
  },
  undefined: () => {
    throw undefined;
  },
  string: () => {
    throw 'a string';
  },
  rejected: () => Promise.reject(new TypeError('later')),
  circular: () => circular,
  bigint: () => ({ a: 1n }),
  symbol: () => Symbol('s'),
  function: () => () => 1,
  'header-with-crlf': () => ({ statusCode: 200, headers: { 'X-A': 'a\r\nSet-Cookie: b' }, body: 'x' }),
  'preset-header-with-crlf': ({ response }) => response.setHeader('X-A', 'a\r\nb'),
  'header-name': () => ({ statusCode: 200, headers: { 'X A': '1' }, body: 'x' }),
  'status-999': () => ({ statusCode: 999, headers: {}, body: 'x' }),
  'status-101': () => ({ statusCode: 101, headers: {} }),
  'status-nan': () => ({ statusCode: Number.NaN, headers: {} }),
  'stream-fails-first': () =>
    new Readable({
      read() {
        this.destroy(new Error('no first byte'));
      },
    }),
  'generator-fails-first': async function* () {
    yield* [];
    throw new Error('no first byte');
  },
  'chunk-of-objects-first': () => Readable.from([{ a: 1 }]),
  'used-web-response': async () => {
    const response = new Response('x');
    await response.text();
    return response;
  },
};

let signals: AbortSignal[] = [];
let late: (() => void) | undefined;

@Controller()
class Failing {
  @Http('GET', '/failing/:kind')
  fail(_event: unknown, context: HttpContext): unknown {
    return FAILING[context.params['kind'] ?? '']?.(context);
  }

  @Http('GET', '/error-with-bad-header')
  badHeader(): never {
    throw new HttpError(409, 'no', { headers: { 'X-A': 'a\nb' } });
  }

  @Http('GET', '/never', { timeoutMs: 50 })
  never(_event: unknown, { signal }: HttpContext): Promise<void> {
    signals.push(signal);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  @Http('POST', '/never', { timeoutMs: 50 })
  neverPost(_event: unknown, context: HttpContext): Promise<void> {
    return this.never(_event, context);
  }

  @Http('GET', '/late', { timeoutMs: 50 })
  async late(): Promise<never> {
    await new Promise<void>((resolve) => {
      late = resolve;
    });
    throw new Error('too late');
  }

  @Http('GET', '/no-first-byte', { timeoutMs: 50 })
  async *noFirstByte(_event: unknown, { signal }: HttpContext): AsyncGenerator<string> {
    signals.push(signal);
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    yield 'never seen';
  }

  @Http('POST', '/text', { timeoutMs: 200 })
  text(body: string, context: HttpContext): unknown {
    return { length: body.length, left: context.remainingMs() > 100 };
  }

  @Http('GET', '/fine')
  fine(): string {
    return 'fine';
  }
}

describe('a handler that fails', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Failing] });
  });
  beforeEach(() => {
    served.lines.length = 0;
    signals = [];
  });
  after(() => served.close());
  afterEach(async () => {
    const { statusCode, body } = await request(`${served.url}/fine`);
    await body.dump();
    assert.equal(statusCode, 200, 'the server answers the next good request');
  });

  for (const kind of Object.keys(FAILING)) {
    it(`is answered with 500 and logged once: ${kind}`, async () => {
      const response = await exchange(served.port, head(`GET /failing/${kind}`, { 'X-Request-Id': 'r-1' }));
      assert.deepEqual([response.status, response.reason], [500, 'Internal Server Error']);
      assert.deepEqual(JSON.parse(response.body), {
        type: 'about:blank',
        title: 'Internal error',
        status: 500,
        code: 'INTERNAL',
        requestId: 'r-1',
      });
      const failures = served.lines.filter(({ level }) => level === 'error');
      const expected = kind === 'preset-header-with-crlf' ? 2 : 1; // that the header cannot be sent with the error either
      assert.equal(failures.length, expected);
      assert.deepEqual([failures[0]?.['requestId'], failures[0]?.['code']], ['r-1', 'INTERNAL']);
      assert.equal(failures[0]?.['route'], 'Failing.fail');
    });
  }

  it('shows message and stack where errors are exposed', async () => {
    const open = await serve({ controllers: [Failing], exposeErrors: true });
    const { body } = await request(`${open.url}/failing/error`);
    const { detail, stack } = (await body.json()) as { detail: string; stack: string };
    assert.equal(detail, 'Error: the password is hunter2');
    assert.match(stack, /http-handlers\.test/);
    await open.close();
  });

  it('keeps the status and code of an error whose headers cannot be sent', async () => {
    const { statusCode, body } = await request(`${served.url}/error-with-bad-header`);
    assert.equal(statusCode, 409);
    assert.equal(((await body.json()) as { code: string }).code, 'CONFLICT');
  });

  for (const path of ['/never', '/no-first-byte']) {
    it(`is answered with 504 when the time is up, and hears it from the signal: ${path}`, async () => {
      const { statusCode, body } = await request(`${served.url}${path}`);
      assert.equal(statusCode, 504);
      assert.equal(((await body.json()) as { code: string }).code, 'HANDLER_TIMEOUT');
      assert.deepEqual(
        signals.map(({ reason }) => (reason as Error).name),
        ['TimeoutError'],
      );
      const failures = served.lines.filter(({ level }) => level === 'error' || level === 'warn');
      assert.deepEqual(
        failures.map(({ code }) => code),
        ['HANDLER_TIMEOUT'],
      );
    });
  }

  it('can be answered with 504 while the client is sending, and the answer arrives whole', async () => {
    const client = await RawClient.open(served.port);
    client.write(
      head('POST /never', { 'Content-Length': '1000000', 'Content-Type': 'text/plain' }),
      'x'.repeat(1_000_000),
    );
    const response = await client.response();
    assert.equal(response.status, 504);
    assert.ok(response.whole);
    await client.destroy();
  });

  it('is warned of, and no more, when it fails after its time', async () => {
    const { statusCode, body } = await request(`${served.url}/late`);
    await body.dump();
    assert.equal(statusCode, 504);
    late?.();
    await until(() => served.lines.some(({ level }) => level === 'warn'));
    assert.equal(served.lines.filter(({ level }) => level === 'error').length, 1);
  });

  it('is given its whole time though the body was slow to arrive', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /text', { 'Content-Length': '4', 'Content-Type': 'text/plain' }), 'ab');
    await new Promise((resolve) => setTimeout(resolve, 450));
    const response = await client.write('cd').response();
    assert.deepEqual([response.status, response.body], [200, '{"length":4,"left":true}']);
    await client.destroy();
  });

  it('is not logged as a failure when it gives up because the client has left', async () => {
    const client = await RawClient.open(served.port);
    client.write(post('/never', ''));
    await until(() => signals.length > 0);
    await client.reset();
    await until(() => signals[0]?.aborted === true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((signals[0]?.reason as Error | undefined)?.name, 'AbortError');
    assert.deepEqual(
      served.lines.filter(({ level }) => level === 'error' || level === 'warn'),
      [],
    );
  });
});
