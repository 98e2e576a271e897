import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Gauge, Registry } from 'prom-client';
import { familiesText, labelsText, single } from '#src/telemetry/metric-family.js';

describe('The text format', () => {
  it('is what prom-client writes', async () => {
    const register = new Registry();
    const a = new Gauge({ name: 'a', help: 'First.', registers: [register] });
    const b = new Gauge({ name: 'b', help: 'Second.', labelNames: ['x', 'y'], registers: [register] });
    const value = 'back\\slash "quote"\nline';
    a.set(1.5);
    b.set({ x: value, y: '' }, 1e21);
    const own = familiesText([
      single('a', 'gauge', 'First.', 1.5),
      { name: 'b', type: 'gauge', help: 'Second.', samples: [`b${labelsText({ x: value, y: '' })} 1e+21`] },
    ]);
    assert.equal(own.trimEnd(), (await register.metrics()).trimEnd());
  });

  it('has no braces where there are no labels', () => {
    assert.equal(labelsText({}), '');
  });
});
