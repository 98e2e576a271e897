// Rows 59-62 of the catalogue: handlers and constructors that fail in every way there is.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createApplication } from '#src/application.js';
import { inject } from '#src/index.js';
import { HttpContext } from '#src/context/http-context.js';
import type { Middleware } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Use } from '#src/decorators/use.js';
import { TestProcess } from '../fixtures/run-process.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { mistakesOf } from '../mistakes-of.js';
import { serve } from '../serve.js';
import { until } from '../until.js';
import { catalogue, codeOf, heapAfterCollection } from './catalogue.js';

const SILENT = new Error('a secret reason');

/** What a handler does, by the name in its path. */
const WAYS: Readonly<Record<string, () => unknown>> = {
  error: () => {
    throw SILENT;
  },
  string: () => {
    throw 'a secret reason'; // oxlint-disable-line no-throw-literal, only-throw-error -- that is the row
  },
  null: () => {
    throw null; // oxlint-disable-line no-throw-literal, only-throw-error -- that is the row
  },
  undefined: () => {
    throw undefined; // oxlint-disable-line no-throw-literal, only-throw-error -- that is the row
  },
  reject: () => Promise.reject(SILENT),
  'reject-undefined': () => Promise.reject(undefined), // oxlint-disable-line prefer-promise-reject-errors -- as above
  circular: () => {
    const a: Record<string, unknown> = {};
    a['a'] = a;
    return a;
  },
  'big-int': () => ({ a: 1n }),
  header: () => ({ statusCode: 200, headers: { 'X-A': 'a\r\nX-B: forged' }, body: 'x' }),
  'header-name': () => ({ statusCode: 200, headers: { 'X A': 'a' }, body: 'x' }),
  status: () => ({ statusCode: 99, headers: {}, body: 'x' }),
  getter: () => ({
    get a() {
      throw SILENT;
    },
  }),
  'to-json': () => ({
    toJSON() {
      throw SILENT;
    },
  }),
  symbol: () => Symbol('a secret reason'),
  function: () => () => undefined,
};

let signals: string[] = [];
let released: (() => void) | undefined;

const answersTwice: Middleware = async (_context, next) => {
  await next();
  return 'the second answer';
};
const throwsAfterwards: Middleware = async (_context, next) => {
  await next();
  throw SILENT;
};

@Controller()
class Handlers {
  @Http('GET', '/ways/:way')
  ways(_event: unknown, context: HttpContext) {
    return WAYS[context.params['way'] ?? '']?.();
  }
  @Http('GET', '/never', { timeoutMs: 100 })
  never(_event: unknown, context: HttpContext) {
    context.signal.addEventListener('abort', () => signals.push('time'));
    return new Promise(() => undefined);
  }
  @Http('GET', '/late', { timeoutMs: 50 })
  async late() {
    await new Promise<void>((resolve) => (released = resolve));
    throw SILENT;
  }
  @Http('GET', '/left')
  async left(_event: unknown, context: HttpContext) {
    await new Promise<void>((resolve) => {
      context.signal.addEventListener('abort', () => {
        signals.push('left');
        resolve();
      });
    });
    return 'x'.repeat(100_000); // to nobody
  }
  @Use(answersTwice)
  @Http('GET', '/twice')
  twice() {
    return 'the first answer';
  }
  @Use(throwsAfterwards)
  @Http('GET', '/afterwards')
  afterwards() {
    return 'answered';
  }
}

describe('the catalogue: handlers', () => {
  const row = catalogue({ controllers: [Handlers] });

  row(
    59,
    'whatever a handler throws, rejects with or cannot be sent is 500, without a stack, and one line',
    async (server) => {
      for (const way of Object.keys(WAYS)) {
        server.beginRow();
        const response = await server.ask(head(`GET /ways/${way}`));
        assert.equal(`${way} ${response.status} ${codeOf(response)}`, `${way} 500 INTERNAL`, response.body);
        assert.doesNotMatch(response.body, /secret|forged|at /);
        assert.equal(response.headers.has('x-b'), false);
        assert.equal(server.errors.length, 1, way);
      }
    },
    { logsErrors: true },
  );

  row(
    61,
    'a handler that never ends is 504 and its signal aborts; one that fails too late is only warned of',
    async (server) => {
      signals = [];
      const never = await server.ask(head('GET /never'));
      assert.equal(`${never.status} ${codeOf(never)}`, '504 HANDLER_TIMEOUT'); // the table's own code, in place of 503
      await until(() => signals.length === 1);
      const late = await server.ask(head('GET /late'));
      assert.equal(late.status, 504);
      server.beginRow();
      released?.();
      await until(() => server.lines.some(({ level }) => level === 'warn'));
      assert.deepEqual(server.errors, []);
    },
    { logsErrors: true },
  );

  row(
    61,
    'there is one answer to a request: what comes out of the middleware, be it a failure',
    async (server) => {
      const twice = await server.ask(head('GET /twice'));
      assert.deepEqual([twice.status, twice.body], [200, 'the second answer']);
      const afterwards = await server.ask(head('GET /afterwards'));
      assert.equal(`${afterwards.status} ${codeOf(afterwards)}`, '500 INTERNAL');
      assert.equal(server.errors.length, 1);
    },
    { logsErrors: true },
  );

  row(61, 'a client that is gone first aborts the signal, and nothing is written to it', async (server) => {
    signals = [];
    for (const leave of ['reset', 'destroy'] as const) {
      const client = await RawClient.open(server.port);
      client.write(head('GET /left'));
      await until(() => server.served.app.requestsInFlight.length === 1);
      await client[leave]();
      await until(() => server.served.app.requestsInFlight.length === 0);
    }
    assert.deepEqual(signals, ['left', 'left']);
  });
});

const started = async (env: Record<string, string> = {}) => {
  const program = fileURLToPath(new URL('fault-app.js', import.meta.url));
  const process = new TestProcess([program], {
    env: { PORT: '0', YUNCTION_HOST: '127.0.0.1', IDLE_CLOSE_MS: '50', ...env },
  });
  return { process, port: await process.port() };
};

describe('the catalogue: faults beyond a request', () => {
  it('row 60: a rejection that nobody waits for is logged with the request, and the process serves on', async () => {
    const { process, port } = await started();
    for (let time = 0; time < 5; time++) {
      const response = await fetch(`http://127.0.0.1:${port}/reject`, {
        headers: { 'X-Request-Id': `request-${time}` },
      });
      assert.equal(await response.text(), 'answered');
    }
    assert.equal((await fetch(`http://127.0.0.1:${port}/good`)).status, 200);
    const lines = process.lines().filter(({ msg }) => String(msg).startsWith('unhandled rejection'));
    assert.deepEqual(
      lines.map(({ requestId }) => requestId),
      [0, 1, 2, 3, 4].map((time) => `request-${time}`),
    );
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });

  for (const path of ['/throw', '/emit']) {
    it(`row 60: an exception that nobody catches (${path}) ends the process in good order with 1`, async () => {
      const { process, port } = await started();
      const other = fetch(`http://127.0.0.1:${port}/slow?ms=300`);
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      assert.equal(await response.text(), 'answered');
      assert.equal(await (await other).text(), 'slow', 'the innocent request is answered');
      assert.equal((await process.ended).code, 1);
      assert.equal(process.lines().filter(({ level }) => level === 'fatal').length, 1);
    });
  }
});

describe('the catalogue: dependencies', () => {
  it('row 62: a provider that is missing, circular or throws stops the start and is named', async () => {
    @Controller()
    class NeedsMissing {
      constructor(@inject('Missing') readonly missing: unknown) {}
      @Http('GET', '/missing') get() {
        return this.missing;
      }
    }
    const [missing] = mistakesOf({ controllers: [NeedsMissing] });
    assert.match(`${missing?.where} ${missing?.problem}`, /NeedsMissing[^]*Missing/);

    class First {
      constructor(readonly next: object) {}
    }
    class Second {
      constructor(readonly first: First) {}
    }
    Reflect.defineMetadata('design:paramtypes', [First], Second);
    Reflect.defineMetadata('design:paramtypes', [Second], First); // as the compiler writes a circle of two modules
    @Controller()
    class Circle {
      constructor(readonly second: Second) {}
      @Http('GET', '/circle') get() {
        return this.second;
      }
    }
    assert.match(JSON.stringify(mistakesOf({ controllers: [Circle] })), /needs itself/);

    @Controller()
    class Throws {
      constructor() {
        throw new Error('no database');
      }
      @Http('GET', '/throws') get() {
        return 'x';
      }
    }
    assert.match(JSON.stringify(mistakesOf({ controllers: [Throws] })), /Throws[^]*no database/);

    const app = createApplication(
      { controllers: [Handlers], port: 0, onStart: () => Promise.reject(new Error('no cache')) },
      {},
    );
    await assert.rejects(app.listen(), /no cache/);
  });

  it('row 62: 20,000 scopes of requests are let go', async () => {
    let made = 0;
    let disposed = 0;
    @Controller()
    class PerRequest {
      constructor(readonly context: HttpContext) {
        made += 1;
      }
      @Http('GET', '/scope') get() {
        return this.context.requestId.length;
      }
      dispose(): void {
        disposed += 1;
      }
    }
    const server = await serve({ controllers: [PerRequest] });
    const client = await RawClient.open(server.port);
    const ask = async (times: number) => {
      for (let sent = 0; sent < times; sent += 100) {
        client.write(head('GET /scope').repeat(100));
        for (let index = 0; index < 100; index++) await client.response();
      }
    };
    await ask(1000);
    const before = heapAfterCollection();
    await ask(20_000);
    await until(() => disposed === made);
    assert.equal(made, 21_000);
    // 20,000 scopes that stayed would be many times this.
    assert.ok(heapAfterCollection() - before < 4 << 20, 'the heap has grown');
    await client.destroy();
    await server.close();
  });
});
