import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { serve } from '../serve.js';

@Controller()
class Times {
  @Http('GET', '/remaining')
  remaining(_event: unknown, context: HttpContext) {
    return { ms: context.remainingMs() };
  }
  @Http('GET', '/own', { timeoutMs: 50 })
  own() {
    return new Promise(() => undefined);
  }
  @Http('GET', '/none', { timeoutMs: 0 })
  none(_event: unknown, context: HttpContext) {
    return { finite: Number.isFinite(context.remainingMs()) };
  }
  @Http('POST', '/slow-body', { timeoutMs: 200 })
  slow(event: { late?: boolean }, context: HttpContext) {
    return { late: event.late, ms: context.remainingMs() };
  }
  @Sse('/stream', { timeoutMs: 30 })
  async *stream() {
    yield 'first';
    await new Promise((resolve) => setTimeout(resolve, 90));
    yield 'second';
  }
}

describe('the time of a request', () => {
  const ask = async (url: string): Promise<unknown> => (await fetch(url)).json();

  it('is the handler’s, or the platform’s where that is shorter', async () => {
    const { url, close } = await serve({ controllers: [Times], handlerTimeoutMs: 5000, executionTimeoutMs: 2000 });
    const { ms } = (await ask(`${url}/remaining`)) as { ms: number }; // as the handler above answers
    assert.ok(ms > 0 && ms <= 2000, String(ms));
    await close();
  });

  it('ends with 504 where the handler does not answer, and never where it has none', async () => {
    const { url, close } = await serve({ controllers: [Times] });
    const response = await fetch(`${url}/own`);
    assert.equal(response.status, 504);
    assert.deepEqual(await ask(`${url}/none`), { finite: false });
    await close();
  });

  it('begins anew for the handler when the body has arrived', async () => {
    const { url, close } = await serve({ controllers: [Times] });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"late":');
      await new Promise((resolve) => setTimeout(resolve, 250));
      yield Buffer.from('true}');
    }
    const response = await fetch(`${url}/slow-body`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: body(),
      duplex: 'half',
    });
    assert.equal(response.status, 200);
    assert.equal(((await response.json()) as { late: boolean }).late, true); // as the handler above answers
    await close();
  });

  it('is not that of an event stream, once it has begun', async () => {
    const { url, close } = await serve({ controllers: [Times] });
    assert.match(await (await fetch(`${url}/stream`)).text(), /data: first\n\n(?:.|\n)*data: second\n\n/);
    await close();
  });
});
