import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { request } from 'undici';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { type ApplicationOptions, createApplication } from '#src/application.js';
import { serve } from '../serve.js';
import { freePort } from './free-port.js';

@Controller()
class One {
  @Http('GET', '/metrics')
  own(): string {
    return 'own';
  }
}

describe('serveMetrics', () => {
  it('shows metrics on a port of their own, and nothing else there', async () => {
    const metricsPort = await freePort();
    const served = await serve({ controllers: [One], metrics: true, metricsPort, metricsHost: '127.0.0.1' });
    const own = `http://127.0.0.1:${metricsPort}`;
    assert.match(await (await request(`${own}/metrics`)).body.text(), /yunction_draining 0/);
    assert.equal((await request(`${own}/other`)).statusCode, 404);
    assert.equal(await (await request(`${served.url}/metrics`)).body.text(), 'own');
    await served.close();
    await assert.rejects(request(`${own}/metrics`), /ECONNREFUSED/);
  });

  it('shows the drain while it lasts', async () => {
    const metricsPort = await freePort();
    const own = `http://127.0.0.1:${metricsPort}/metrics`;
    let seen = '';
    const onClose = async () => void (seen = await (await request(own)).body.text());
    const served = await serve({ controllers: [One], metrics: true, metricsPort, metricsHost: '127.0.0.1', onClose });
    await served.close();
    assert.match(seen, /yunction_draining 1/);
  });

  it('leaves no server open where the application is closed while it starts, or cannot listen', async () => {
    const metricsPort = await freePort();
    const options = { controllers: [One], metrics: true, metricsPort, metricsHost: '127.0.0.1', accessLog: false };
    const own = `http://127.0.0.1:${metricsPort}/metrics`;
    const closed = createApplication({ ...options, port: 0 }, {});
    const listening = closed.listen();
    await Promise.all([closed.close(), assert.rejects(listening, /closed before it listened/)]);
    await assert.rejects(request(own), /ECONNREFUSED/);
    await assert.rejects(
      createApplication({ ...options, port: 0, host: '203.0.113.1' }, {}).listen(),
      /no such address/,
    );
    await assert.rejects(request(own), /ECONNREFUSED/);
  });

  it('stops the start where the port is taken or the path is none', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port: metricsPort } = taken.address() as AddressInfo; // it listens on a port
    const wrong = [
      [{ metricsPort, metricsHost: '127.0.0.1' }, `option metricsPort.*METRICS_PORT=${metricsPort + 1}`],
      [{ metricsPort: 9, port: 9 }, 'option metricsPort: it is the port of the server'],
      [{ metricsPath: 'metrics' }, 'option metricsPath'],
      [{ metricsPath: '/a?b' }, 'option metricsPath'],
    ] as const satisfies readonly (readonly [Partial<ApplicationOptions>, string])[];
    for (const [options, where] of wrong) {
      const application = createApplication(
        { controllers: [One], port: 0, metrics: true, accessLog: false, ...options },
        {},
      );
      const error: unknown = await application.listen().catch((reason: unknown) => reason);
      assert.match(String(error), new RegExp(where));
      await application.close();
    }
    taken.close();
  });
});
