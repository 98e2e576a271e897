import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { resolveOptions } from '#src/resolve-options.js';
import { Observation } from '#src/server/observation.js';
import { AccessLog } from '#src/telemetry/access-log.js';
import type { GivenOptions } from '#src/options.js';
import { serviceOf } from './service-of.js';

@Controller()
class One {
  @Http('GET', '/')
  get(): string {
    return 'x';
  }
}

function observe(options: GivenOptions) {
  const service = serviceOf([One]);
  const observation = new Observation(service, resolveOptions(options), []);
  return { service, observation, begun: observation.begin() };
}

describe('Observation', () => {
  it('leaves a service unobserved where nothing is switched on, and waits for nothing', () => {
    const { service, begun } = observe({ accessLog: false });
    assert.deepEqual(
      [begun, service.observer, service.tracing, service.metrics],
      [undefined, undefined, undefined, undefined],
    );
  });

  it('waits for nothing for access records alone', () => {
    const { service, begun } = observe({});
    assert.equal(begun, undefined);
    assert.ok(service.observer instanceof AccessLog);
  });

  it('loads what is switched on, and closes it', async () => {
    const { service, observation, begun } = observe({ metrics: true, tracing: true, accessLog: false });
    await begun;
    assert.ok(service.tracing !== undefined && service.metrics !== undefined);
    assert.ok(service.observer?.requestBegan !== undefined);
    await observation.close();
    await observation.close();
  });

  it('leaves nothing open where it is closed while it loads', async () => {
    const { service, observation, begun } = observe({ metrics: true });
    await Promise.all([observation.close(), begun]);
    const text = (await service.metrics?.metrics.text(false)) ?? '';
    // The event loop is looked at no more: nothing can be late.
    assert.match(text, /^nodejs_eventloop_lag_max_seconds 0$/m);
  });
});
