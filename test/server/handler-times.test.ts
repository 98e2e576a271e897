import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve } from '../serve.js';

function sweepers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

describe('the time that a handler has', () => {
  @Controller()
  class Slow {
    @Http('GET', '/short', { timeoutMs: 30 }) short() {
      return new Promise(() => undefined);
    }
    @Http('GET', '/long', { timeoutMs: 5000 }) long() {
      return new Promise(() => undefined);
    }
    @Http('GET', '/quick', { timeoutMs: 5000 }) async quick() {
      await sleep(1);
      return 'done';
    }
  }

  it('is kept by a timer where it is short, and by a look now and then where it is long', async () => {
    const { url, close } = await serve({ controllers: [Slow] });
    const begun = performance.now();
    const [short, long, quick] = await Promise.all(['short', 'long', 'quick'].map((path) => request(`${url}/${path}`)));
    assert.equal(short?.statusCode, 504);
    assert.equal(long?.statusCode, 504);
    assert.ok(performance.now() - begun >= 5000, 'it had less than its time');
    assert.equal(quick?.statusCode, 200);
    await Promise.all([short, long, quick].map((answer) => answer?.body.dump()));
    await close();
  });

  it('leaves no timer behind once nothing is in flight', async () => {
    const before = sweepers();
    const { url, close } = await serve({ controllers: [Slow] });
    await (await request(`${url}/quick`)).body.dump();
    await close();
    while (sweepers() > before) await sleep(50); // the next look finds nothing and is the last
  });
});
