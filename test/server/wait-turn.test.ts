import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import type { HttpContext } from '#src/context/http-context.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { serve } from '../serve.js';
import { until } from '../until.js';

describe('pipelined requests', () => {
  it('stop being read when too many wait, and are all answered in order', async () => {
    let release: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    let handled = 0;
    @Controller()
    class Slow {
      @Http('GET', '/:n')
      async get(_event: unknown, context: HttpContext) {
        handled += 1;
        await first;
        return { n: context.params['n'] };
      }
    }
    const served = await serve({ controllers: [Slow], maxPipelinedRequests: 4 });
    const client = await RawClient.open(served.port);
    // Far more than the kernels' buffers on both sides take.
    const total = 3000;
    const padding = 'x'.repeat(12_000);
    for (let n = 0; n < total; n += 1) client.write(head(`GET /${n}`, { 'X-Padding': padding }));
    // The server reads no more: what the client has to say stays on its side, however long it waits.
    let left = 0;
    let seen = 0;
    await until(() => {
      const now = client.socket.writableLength;
      seen = now === left ? seen + 1 : 0;
      left = now;
      return handled === 1 && left > 0 && seen === 50;
    });
    assert.equal(handled, 1, 'one at a time');
    release();
    for (let n = 0; n < total; n += 1) assert.equal((await client.response()).body, JSON.stringify({ n: String(n) }));
    assert.equal(handled, total);
    await client.destroy();
    await served.close();
  });

  it('are not begun when the client has left', async () => {
    let handled = 0;
    let release: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (release = resolve));
    @Controller()
    class Slow {
      @Http('GET', '/')
      async get() {
        handled += 1;
        await waits;
        return 'ok';
      }
    }
    const served = await serve({ controllers: [Slow], maxPipelinedRequests: 100 });
    const client = await RawClient.open(served.port);
    client.write(head('GET /').repeat(50));
    await until(() => handled === 1);
    await client.reset();
    release();
    const next = await fetch(served.url);
    assert.equal(await next.text(), 'ok');
    assert.equal(handled, 2, 'the first of the connection, and the one after it');
    await served.close();
  });
});
