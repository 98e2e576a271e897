import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { DurationHistogram } from '#src/telemetry/duration-histogram.js';

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

describe('DurationHistogram', () => {
  it('writes what prom-client writes of the same observations', async () => {
    const observation = fc.record({
      route: fc.constantFrom('/', '/orders/:id', '/a/:b(\\d+)', '/"quoted"', '/line\nbreak'),
      method: fc.constantFrom('GET', 'POST', 'DELETE'),
      status: fc.constantFrom(200, 204, 301, 404, 499, 500, 503),
      seconds: fc.oneof(fc.constantFrom(...BUCKETS), fc.double({ min: 0, max: 60, noNaN: true })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(observation, { maxLength: 50 }), async (observations) => {
        const own = new DurationHistogram();
        const register = new Registry();
        const labelNames = ['method', 'route', 'status'] as const;
        const theirs = new Histogram({ name: 'd', help: 'h', labelNames, buckets: BUCKETS, registers: [register] });
        for (const { route, method, status, seconds } of observations) {
          own.observe(route, method, status, seconds);
          theirs.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds);
        }
        const expected = (await register.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
        assert.deepEqual(own.samples('d').sort(), expected.sort());
      }),
      { numRuns: 100 },
    );
  });

  it('has a bounded number of series, whatever methods clients send', () => {
    const histogram = new DurationHistogram();
    for (let count = 0; count < 1000; count += 1) histogram.observe(undefined, `METHOD${count}`, 404, 0.1);
    const lines = histogram.samples('d');
    assert.equal(lines.length, BUCKETS.length + 1 + 2);
    assert.equal(lines.at(-1), 'd_count{method="OTHER",route="none",status="4xx"} 1000');
  });
});
