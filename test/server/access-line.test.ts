import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { exchange, head, RawClient } from '../integration/http-raw-client.js';
import { type Line, serve } from '../serve.js';
import { until } from '../until.js';

let began = false;

@Controller('/a')
class Logged {
  @Http('GET', '/:id')
  get(_event: unknown, context: HttpContext): unknown {
    return context.params['id'] === 'no' ? HttpError.conflict() : 'x';
  }

  @Http('GET', '/wait/for-ever')
  wait(): Promise<void> {
    began = true;
    return new Promise(() => {});
  }
}

async function accessLines(lines: readonly Line[], count: number): Promise<Record<string, unknown>[]> {
  const found = () => lines.filter(({ msg }) => msg === 'request');
  await until(() => found().length >= count);
  return found().map(({ ms, ...rest }) => {
    assert.ok(typeof ms === 'number' && ms >= 0);
    return rest;
  });
}

describe('the access line', () => {
  it('tells of each request once, without its query', async () => {
    const served = await serve({ controllers: [Logged], accessLog: true });
    const headers = { 'X-Request-Id': 'r' };
    for (const path of ['/a/1?token=secret', '/a/no', '/none']) {
      await (await request(`${served.url}${path}`, { headers })).body.dump();
    }
    const common = { requestId: 'r', level: 'info', msg: 'request', method: 'GET' };
    assert.deepEqual(await accessLines(served.lines, 3), [
      { ...common, path: '/a/1', status: 200, route: 'Logged.get' },
      { ...common, path: '/a/no', status: 409, route: 'Logged.get', code: 'CONFLICT' },
      { ...common, path: '/none', status: 404, code: 'NOT_FOUND' },
    ]);
    await served.close();
  });

  it('tells that the client left before the answer', async () => {
    const served = await serve({ controllers: [Logged], accessLog: true });
    const client = await RawClient.open(served.port);
    client.write(head('GET /a/wait/for-ever'));
    await until(() => began);
    await client.reset();
    const [line] = await accessLines(served.lines, 1);
    assert.equal(line?.['aborted'], true);
    await served.close();
  });

  it('is not written where the option says so', async () => {
    const served = await serve({ controllers: [Logged], accessLog: false });
    await exchange(served.port, head('GET /a/1'));
    await served.close();
    assert.deepEqual(served.lines, []);
  });
});
