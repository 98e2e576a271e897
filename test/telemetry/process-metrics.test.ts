import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProcessMetrics } from '#src/telemetry/process-metrics.js';
import { until } from '../until.js';

describe('ProcessMetrics', () => {
  it('show how late the event loop has been, once', async () => {
    const metrics = new ProcessMetrics();
    const read = () => {
      const family = metrics.families().find(({ name }) => name === 'nodejs_eventloop_lag_max_seconds');
      return Number(family?.samples[0]?.split(' ')[1]);
    };
    const block = () => {
      const end = performance.now() + 200;
      while (performance.now() < end);
    };
    // After it was read the histogram needs two looks at the loop before it sees a delay.
    let checks = 0;
    await until(() => {
      checks += 1;
      if (checks % 20 === 10) block();
      return checks % 20 === 0 && read() > 0.1;
    });
    await until(() => read() < 0.1);
    metrics.close();
  });

  it('do not keep a process alive, and have names and values that Prometheus reads', () => {
    const metrics = new ProcessMetrics();
    for (const { name, samples } of metrics.families()) {
      assert.equal(samples.length, 1);
      assert.match(samples[0] ?? '', new RegExp(`^${name} \\d+(?:\\.\\d+)?(?:e-?\\d+)?$`));
    }
    metrics.close();
    assert.ok(!process.getActiveResourcesInfo().includes('ELDHistogram'));
  });
});
