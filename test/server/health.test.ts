import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve, type Served } from '../serve.js';

@Controller()
class All {
  @Http('ALL', '/*')
  all(): string {
    return 'mine';
  }
}

describe('the health checks', () => {
  let served: Served;
  before(async () => {
    const refuse = () => {
      throw new Error('broken');
    };
    served = await serve({ controllers: [All], use: [refuse], accessLog: true });
  });
  after(() => served.close());

  for (const path of ['/_healthz', '/_readyz']) {
    it(`${path} is answered whatever routes and middleware there are, and leaves no line`, async () => {
      const got = await request(`${served.url}${path}`);
      assert.deepEqual([got.statusCode, await got.body.text(), got.headers['cache-control']], [200, 'ok', 'no-store']);
      const { statusCode, headers } = await request(`${served.url}${path}`, { method: 'HEAD' });
      assert.deepEqual([statusCode, headers['content-length']], [200, '2']);
      assert.deepEqual(served.lines, []);
    });
  }

  it('leave every other request to the application', async () => {
    for (const [path, method] of [
      ['/_healthz', 'POST'],
      ['/_healthz/', 'GET'],
      ['/_readyz?a', 'GET'],
      ['/_other', 'GET'],
    ] as const) {
      const { statusCode, body } = await request(`${served.url}${path}`, { method });
      await body.dump();
      assert.equal(statusCode, 500, path);
    }
  });
});
