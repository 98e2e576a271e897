import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { SAMPLE_ORDER, SampleOrderController } from '#src/cli/pack/sample-events.js';
import { type Served, serve } from '../../serve.js';

describe('the sample that warms a packed application up', () => {
  let served: Served;
  before(async () => (served = await serve({ controllers: [SampleOrderController] })));
  after(() => served.close());

  const post = (body: object, path = SAMPLE_ORDER.path) =>
    fetch(served.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('is answered with what was sent, from the path, the query and the body', async () => {
    const response = await post(SAMPLE_ORDER.body);
    assert.equal(response.status, 201);
    assert.deepEqual(await response.json(), { id: 1, verbose: true, ...SAMPLE_ORDER.body });
  });

  it('goes through rules that refuse, nested ones too', async () => {
    const response = await post({ customer: 5, lines: [{ sku: '', quantity: 0 }] }, '/sample/one/orders');
    assert.equal(response.status, 400);
    const { errors } = (await response.json()) as { errors: { path: string; rule: string }[] };
    assert.deepEqual(errors.map(({ path, rule }) => `${path} ${rule}`).toSorted(), [
      'customer isString',
      'id isInt',
      'lines[0].quantity min',
      'lines[0].sku isLength',
    ]);
  });

  it('is checked by compiled code, which is what the cache shall hold', async () => {
    assert.deepEqual(await served.app.explainEvents(), []);
  });
});
