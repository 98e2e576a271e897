import assert from 'node:assert/strict';
import { request } from 'node:http';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { HttpContext } from '#src/context/http-context.js';
import type { Middleware } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { HttpError } from '#src/errors/http-error.js';
import { StartupError } from '#src/errors/startup-error.js';
import { concurrencyLimit, type ConcurrencyLimitOptions } from '#src/security/concurrency-limit.js';
import { SseClient } from '../integration/sse-client.js';
import { Client } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { upgradeStatus } from './guarded.js';

interface Limited extends Served {
  /** Lets one request of /wait go on. */
  release(): void;
  /** The names of the requests that have come to /wait, in order. */
  readonly entered: readonly unknown[];
  /** Requests that are in /wait. */
  waiting(): number;
  status(path: string, headers?: Record<string, string>): Promise<number>;
}

async function withLimit(
  options: ConcurrencyLimitOptions,
  run: (app: Limited) => Promise<void>,
  outside: readonly Middleware[] = [],
): Promise<void> {
  const waiting: (() => void)[] = [];
  const entered: unknown[] = [];

  @Controller('', { use: [...outside, concurrencyLimit(options)] })
  class Routes {
    @Http('GET', '/quick') quick() {
      return 'quick';
    }
    @Http('GET', '/fails') fails() {
      throw HttpError.conflict();
    }
    @Http('GET', '/wait') async wait(_event: unknown, { signal, query }: HttpContext) {
      entered.push(query['name']);
      await new Promise<void>((resolve) => {
        const leave = () => {
          waiting.splice(waiting.indexOf(leave), 1);
          resolve();
        };
        waiting.push(leave);
        signal.addEventListener('abort', leave);
      });
      return 'waited';
    }
    @Sse('/events') async *events(_event: unknown, { signal }: HttpContext) {
      yield 'open';
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    @Http('GET', '/stream') async *stream(_event: unknown, { signal }: HttpContext) {
      yield 'some';
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    @WebSocket('/socket', { on: 'upgrade' }) upgrade(_event: unknown, { query }: HttpContext) {
      return query['no'] === undefined;
    }
    @WebSocket('/socket') said() {}
  }
  const served = await serve({ controllers: [Routes] });
  try {
    await run({
      ...served,
      entered,
      release: () => waiting[0]?.(),
      waiting: () => waiting.length,
      async status(path, headers = {}) {
        const response = await fetch(served.url + path, { headers });
        await response.text();
        return response.status;
      },
    });
  } finally {
    await served.close();
  }
}

/** The place of what has ended is free again, a moment later. */
async function isFree(app: Limited): Promise<void> {
  while ((await app.status('/quick')) !== 200);
}

describe('concurrencyLimit()', () => {
  it('refuses what comes beyond it, over every transport, and says when to come back', () =>
    withLimit({ limit: 1, retryAfterSeconds: 7 }, async (app) => {
      const first = app.status('/wait');
      await until(() => app.waiting() === 1);
      const refused = await fetch(`${app.url}/quick`);
      assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '7']);
      assert.equal(await app.status('/events'), 503);
      assert.equal(await upgradeStatus(`${app.url}/socket`), 503);
      app.release();
      assert.equal(await first, 200);
      await isFree(app);
    }));

  it('counts a WebSocket until it is closed, a stream until its client leaves', () =>
    withLimit({ limit: 1 }, async (app) => {
      const socket = await Client.open(`${app.url}/socket`);
      assert.equal(await app.status('/quick'), 503);
      await socket.close();
      await isFree(app);
      const torn = await Client.open(`${app.url}/socket`);
      assert.equal(await app.status('/quick'), 503);
      torn.socket.terminate();
      await isFree(app);
      for (const path of ['/events', '/stream']) {
        const stream = await SseClient.open(app.url + path);
        assert.equal(await app.status('/quick'), 503, path);
        stream.request.destroy();
        await isFree(app);
      }
    }));

  it('gives a place back however a request ends: errors, refused upgrades, clients that leave', () =>
    withLimit({ limit: 1 }, async (app) => {
      assert.equal(await app.status('/fails'), 409);
      await isFree(app);
      assert.equal(await upgradeStatus(`${app.url}/socket?no`), 403);
      await isFree(app);
      const leaver = request(`${app.url}/wait`).on('error', () => undefined);
      leaver.end();
      await until(() => app.waiting() === 1);
      leaver.destroy();
      await isFree(app);
    }));

  it('lets some wait for their turn, in order, and refuses those beyond', async () => {
    const arrived: unknown[] = [];
    const arrives: Middleware = (context, next) => {
      arrived.push(context.query['name']);
      return next();
    };
    const names = ['first', 'second', 'third'];
    await withLimit(
      { limit: 1, queue: 2, queueTimeoutMs: 60_000 },
      async (app) => {
        const answers: Promise<number>[] = [];
        for (const name of names) {
          answers.push(app.status(`/wait?name=${name}`));
          await until(() => arrived.length === answers.length);
        }
        assert.equal(await app.status('/quick'), 503);
        for (const [index] of names.entries()) {
          await until(() => app.entered.length === index + 1 && app.waiting() === 1);
          app.release();
        }
        assert.deepEqual(await Promise.all(answers), [200, 200, 200]);
        assert.deepEqual(app.entered, names);
        await isFree(app);
      },
      [arrives],
    );
  });

  it('refuses who has waited too long', () =>
    withLimit({ limit: 1, queue: 1, queueTimeoutMs: 50 }, async (app) => {
      const first = app.status('/wait');
      await until(() => app.waiting() === 1);
      assert.equal(await app.status('/quick'), 503);
      app.release();
      assert.equal(await first, 200);
      await isFree(app);
    }));

  it('forgets who leaves the queue, and whose answer was given meanwhile by a layer outside', async () => {
    let refusals = 0;
    const impatient: Middleware = async (context, next) => {
      if (context.query['impatient'] === undefined) return next();
      const inner = next();
      inner.catch(() => (refusals += 1));
      return 'meanwhile';
    };
    await withLimit(
      { limit: 1, queue: 3, queueTimeoutMs: 60_000 },
      async (app) => {
        const first = app.status('/wait');
        await until(() => app.waiting() === 1);
        const leaver = request(`${app.url}/quick`).on('error', () => undefined);
        leaver.end();
        await once(leaver, 'socket');
        leaver.destroy();
        assert.equal(await app.status('/quick?impatient'), 200);
        app.release();
        assert.equal(await first, 200);
        await isFree(app);
        const again = app.status('/wait');
        await until(() => app.waiting() === 1);
        app.release();
        assert.equal(await again, 200);
        assert.equal(refusals, 0);
      },
      [impatient],
    );
  });

  it('counts each client for itself where there is a key, and answers 429', () =>
    withLimit({ limit: 1, key: { header: 'X-Who' } }, async (app) => {
      const first = app.status('/wait', { 'X-Who': 'a' });
      await until(() => app.waiting() === 1);
      assert.equal(await app.status('/quick', { 'X-Who': 'a' }), 429);
      assert.equal(await app.status('/quick', { 'X-Who': 'b' }), 200);
      app.release();
      assert.equal(await first, 200);
    }));

  it('does not start with limits that are none', () => {
    for (const options of [
      { limit: 0 },
      { limit: 1, queue: -1 },
      { limit: 1, queueTimeoutMs: 0 },
      { limit: Number.NaN },
      JSON.parse('{"limit":1,"key":"user"}') as ConcurrencyLimitOptions,
    ]) {
      assert.throws(() => concurrencyLimit(options), StartupError);
    }
  });
});
