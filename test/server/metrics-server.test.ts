import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';
import { MetricsEndpoint } from '#src/server/metrics-endpoint.js';
import { MetricsServer } from '#src/server/metrics-server.js';
import { Metrics } from '#src/telemetry/metrics.js';
import { silent } from '../silent-log.js';
import { freePort } from './free-port.js';

describe('MetricsServer', () => {
  it('answers until it is closed, and closes at once though a client keeps its connection', async () => {
    const metrics = new Metrics();
    const endpoint = new MetricsEndpoint(metrics, { metricsPath: '/metrics', metricsToken: '' }, silent.log);
    const server = new MetricsServer(endpoint, () => true);
    const port = await freePort();
    await server.listen(port, '127.0.0.1');
    assert.match(await (await request(`http://127.0.0.1:${port}/metrics`)).body.text(), /yunction_draining 1/);
    await server.close();
    await assert.rejects(request(`http://127.0.0.1:${port}/metrics`));
    metrics.close();
  });

  it('rejects where it cannot listen, and may be closed all the same', async () => {
    const metrics = new Metrics();
    const endpoint = new MetricsEndpoint(metrics, { metricsPath: '/metrics', metricsToken: '' }, silent.log);
    const server = new MetricsServer(endpoint, () => false);
    await assert.rejects(server.listen(0, '203.0.113.1'), /EADDRNOTAVAIL/);
    await server.close();
    metrics.close();
  });
});
