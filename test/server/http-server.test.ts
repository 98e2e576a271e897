import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { exchange, head } from '../integration/http-raw-client.js';
import { serve } from '../serve.js';

@Controller()
class Hello {
  @Http('GET', '/')
  get(): string {
    return 'hello';
  }
}

describe('the server', () => {
  it('starts with a request time-out below the default time-out of headers', async () => {
    const served = await serve({ controllers: [Hello], requestTimeoutMs: 1000 });
    assert.equal(await (await request(served.url)).body.text(), 'hello');
    await served.close();
  });

  it('starts without time-outs', async () => {
    const served = await serve({ controllers: [Hello], requestTimeoutMs: 0, headersTimeoutMs: 0 });
    assert.equal(await (await request(served.url)).body.text(), 'hello');
    await served.close();
  });

  it('keeps to its own limits of headers', async () => {
    const served = await serve({ controllers: [Hello], maxHeaderBytes: 2000, maxHeaders: 10 });
    assert.equal((await exchange(served.port, head('GET /', { a: 'x'.repeat(3000) }))).status, 431);
    assert.equal((await exchange(served.port, head('GET /', { a: Array(9).fill('1') }))).status, 200);
    assert.equal((await exchange(served.port, head('GET /', { a: Array(10).fill('1') }))).status, 431);
    await served.close();
  });

  it('never says that the connection closes where the platform owns connections', async () => {
    const served = await serve({ controllers: [Hello], platform: 'fc' });
    const response = await exchange(served.port, head('POST /', { 'Content-Length': '1000000' }));
    assert.deepEqual([response.status, response.headers.get('connection')], [405, ['keep-alive']]);
    await served.close();
  });
});
