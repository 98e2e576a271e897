import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { resolveOptions } from '#src/resolve-options.js';
import { TestProcess } from '../fixtures/run-process.js';
import { serve } from '../serve.js';
import { until } from '../until.js';
import { exchange, head, RawClient } from './http-raw-client.js';

@Controller()
class Small {
  @Http('GET', '/') small() {
    return 'small';
  }
  @Http('POST', '/body') body(event: Buffer) {
    return event.length;
  }
}

describe('the limits that are on by default', () => {
  it('have the values that the documentation recommends', () => {
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, writeTimeoutMs, handlerTimeoutMs } = resolveOptions(
      {},
    );
    assert.deepEqual(
      [headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, writeTimeoutMs, handlerTimeoutMs],
      [15_000, 60_000, 72_000, 60_000, 30_000],
    );
    const { maxHeaders, maxHeaderBytes, maxPipelinedRequests, maxMessageBytes, maxJsonDepth } = resolveOptions({});
    assert.deepEqual(
      [maxHeaders, maxHeaderBytes, maxPipelinedRequests, maxMessageBytes, maxJsonDepth],
      [200, 16_384, 32, 262_144, 64],
    );
  });

  it('answer slow headers and a slow body with a problem, and close', async () => {
    const served = await serve({ controllers: [Small], headersTimeoutMs: 150, requestTimeoutMs: 300 });
    for (const bytes of ['GET / HTTP/1.1\r\nHost: x\r\n', `${head('POST /body', { 'Content-Length': '9' })}abc`]) {
      const client = await RawClient.open(served.port);
      const { status, headers, body } = await client.write(bytes).response();
      assert.equal(status, 408);
      assert.match(headers.get('content-type')?.[0] ?? '', /^application\/problem\+json/);
      assert.equal((JSON.parse(body) as { code: string }).code, 'REQUEST_TIMEOUT');
      await client.end();
      await client.destroy();
    }
    assert.equal((await request(served.url)).statusCode, 200);
    await served.close();
  });

  it('hold where node itself is told to be lenient', async () => {
    const app = fileURLToPath(new URL('../fixtures/lifecycle-app.js', import.meta.url));
    const process = new TestProcess(['--insecure-http-parser', app], {
      env: { PORT: '0', YUNCTION_HOST: '127.0.0.1' },
    });
    const port = await process.port();
    // Lengths that two servers read in two ways, and a value with a control character.
    for (const bytes of [
      head('POST /work', { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }),
      'GET /hello HTTP/1.1\r\nHost: x\r\nX-Bad: a\u0001b\r\n\r\n',
    ]) {
      assert.equal((await exchange(port, bytes)).status, 400);
    }
    assert.equal((await exchange(port, head('GET /hello'))).status, 200);
    process.signal('SIGTERM');
    await process.ended;
  });
});

describe('maxRequestsPerSocket', () => {
  it('closes a connection with the last answer that it may have', async () => {
    const served = await serve({ controllers: [Small], maxRequestsPerSocket: 2 });
    const client = await RawClient.open(served.port);
    const first = await client.write(head('GET /')).response();
    assert.doesNotMatch(String(first.headers.get('connection')), /close/i);
    const second = await client.write(head('GET /')).response();
    assert.deepEqual([second.status, second.headers.get('connection')], [200, ['close']]);
    await client.end();
    await client.destroy();
    await served.close();
  });
});

describe('readiness', () => {
  it('is 503 with the names of the failed checks, and 200 when they pass', async () => {
    const state = { redis: true, disk: true };
    const served = await serve({
      controllers: [Small],
      accessLog: true,
      readiness: {
        redis: () => state.redis,
        disk: async () => {
          if (!state.disk) throw new Error('secret path');
          return true;
        },
      },
    });
    const ready = async (method: 'GET' | 'HEAD' = 'GET') => {
      const { statusCode, body } = await request(`${served.url}/_readyz`, { method });
      return [statusCode, await body.text()];
    };
    assert.deepEqual(await ready(), [200, 'ok']);
    Object.assign(state, { redis: false, disk: false });
    assert.deepEqual(await ready(), [503, '{"status":"unready","failed":["redis","disk"]}']);
    assert.deepEqual(await ready('HEAD'), [503, '']);
    state.redis = true;
    assert.deepEqual(await ready(), [503, '{"status":"unready","failed":["disk"]}']);
    assert.equal((await request(`${served.url}/_healthz`)).statusCode, 200, 'it lives all the same');
    state.disk = true;
    assert.deepEqual(await ready(), [200, 'ok']);
    assert.equal(served.lines.filter(({ msg }) => msg === 'request').length, 0);
    await served.close();
  });

  it('fails for a check that takes too long, and does not wait for it', async () => {
    const served = await serve({
      controllers: [Small],
      readinessTimeoutMs: 20,
      readiness: { never: () => new Promise<boolean>(() => undefined) },
    });
    const { statusCode, body } = await request(`${served.url}/_readyz`);
    assert.deepEqual([statusCode, await body.json()], [503, { status: 'unready', failed: ['never'] }]);
    await until(() => served.lines.some(({ msg }) => msg === 'not ready'));
    await served.close();
  });

  it('has its paths by options, and none where they are empty', async () => {
    const served = await serve({ controllers: [Small], healthPath: '/alive', readyPath: '' });
    assert.equal((await request(`${served.url}/alive`)).statusCode, 200);
    for (const path of ['/_healthz', '/_readyz']) assert.equal((await request(`${served.url}${path}`)).statusCode, 404);
    await served.close();
  });
});
