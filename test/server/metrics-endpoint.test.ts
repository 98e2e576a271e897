import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve } from '../serve.js';

@Controller()
class All {
  @Http('GET', '/*')
  any(): string {
    return 'route';
  }
}

const ask = async (url: string, headers = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') => {
  const { statusCode, headers: answered, body } = await request(url, { headers, method });
  return { status: statusCode, headers: answered, text: await body.text() };
};

describe('MetricsEndpoint', () => {
  it('is not there unless it is switched on', async () => {
    const served = await serve({ controllers: [All] });
    assert.equal((await ask(`${served.url}/metrics`)).text, 'route');
    await served.close();
  });

  it('answers GET and HEAD at its path alone, without middleware or an access record', async () => {
    const use = [() => assert.fail('a middleware ran')];
    const served = await serve({ controllers: [All], metrics: true, metricsPath: '/m/x', accessLog: true, use });
    const answer = await ask(`${served.url}/m/x?collect[]=a`);
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(answer.text, /^# HELP http_request_duration_seconds /);
    const asked = await ask(`${served.url}/m/x`, {}, 'HEAD');
    assert.deepEqual([asked.status, asked.text], [200, '']);
    assert.deepEqual(served.lines, []);
    for (const path of ['/m/xy', '/m/x/', '/m', '/metrics'])
      assert.equal((await ask(served.url + path)).status, 500, path);
    await served.close();
  });

  it('wants the token where one is set', async () => {
    const served = await serve({ controllers: [All], metrics: true, metricsToken: 't0ken' });
    for (const authorization of [undefined, 'Bearer', 'Bearer t0ke', 'Bearer t0ken2', 'Basic t0ken', 't0ken']) {
      const headers = authorization === undefined ? {} : { authorization };
      const { status, headers: answered, text } = await ask(`${served.url}/metrics`, headers);
      assert.deepEqual([status, answered['www-authenticate'], text], [401, 'Bearer', ''], authorization);
    }
    assert.equal((await ask(`${served.url}/metrics`, { authorization: 'bearer t0ken' })).status, 200);
    await served.close();
  });

  it('is 500, and logged, where a register fails', async () => {
    const metricsRegisters = [{ metrics: () => Promise.reject(new Error('broken register')) }];
    const served = await serve({ controllers: [All], metrics: true, metricsRegisters });
    const { status, text } = await ask(`${served.url}/metrics`);
    assert.deepEqual([status, text], [500, 'a register of metrics failed\n']);
    assert.match(served.lines[0]?.msg ?? '', /broken register/);
    await served.close();
  });
});
