import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Problem } from 'yunction';
import { testApplication } from 'yunction/testing';
import { options } from '../app.js';
import { STEP_MS } from '../orders/stored-order-repository.js';

// The application as it runs, on a port of its own; only the kitchen is quicker.
const start = () => testApplication({ ...options, override: [[STEP_MS, 5]] });

const COFFEE = { email: 'ada@example.com', lines: [{ sku: 'cappuccino', quantity: 2 }] };

describe('orders', () => {
  it('are placed, found and listed', async () => {
    await using application = await start();
    const placed = await application.request('POST', '/orders', { json: COFFEE });
    assert.equal(placed.status, 201);
    assert.equal(placed.headers['location'], '/orders/1');

    const found = await application.request('GET', '/orders/1', { query: { verbose: 'true' } });
    const order = found.json<{ cents: number; lines: object[]; steps: { seq: number }[] }>();
    assert.equal(order.cents, 680);
    assert.deepEqual(order.lines, COFFEE.lines);
    assert.equal(order.steps[0]?.seq, 1);

    await application.request('POST', '/orders', { json: COFFEE });
    const listed = await application.request('GET', '/orders', { query: { page: '2', size: '1' } });
    const { items, ...paging } = listed.json<{ items: { id: number }[] }>();
    assert.deepEqual(paging, { page: 2, size: 1, total: 2 });
    assert.deepEqual(
      items.map(({ id }) => id),
      [1],
    );
  });

  it('refuse what is no order, with one entry for each mistake', async () => {
    await using application = await start();
    const refused = await application.request('POST', '/orders', {
      json: { email: 'ada', lines: [{ sku: 'cappuccino', quantity: '2' }, {}] },
    });
    assert.equal(refused.status, 400);
    const { code, errors } = refused.json<Problem>();
    assert.equal(code, 'VALIDATION_FAILED');
    const paths = new Set(errors?.map(({ path }) => path));
    assert.deepEqual([...paths], ['email', 'lines[0].quantity', 'lines[1].sku', 'lines[1].quantity']);
  });

  it('answer 404 where there is none, also before an event stream', async () => {
    await using application = await start();
    const missing = await application.request('GET', '/orders/99');
    assert.equal(missing.status, 404);
    assert.equal(missing.json<Problem>().detail, 'there is no order 99');
    await assert.rejects(application.sse('/orders/99/progress'), { status: 404 });
    assert.equal((await application.request('GET', '/orders/latte')).status, 400);
  });

  it('are watched until they are delivered, and not again after that', async () => {
    await using application = await start();
    await application.request('POST', '/orders', { json: COFFEE });

    const names: string[] = [];
    const stream = await application.sse('/orders/1/progress');
    for await (const event of stream) {
      assert.equal(event.event, 'step');
      names.push(event.json<{ name: string }>().name);
    }
    assert.deepEqual(names, ['received', 'paid', 'prepared', 'on its way', 'delivered']);
    assert.equal(stream.lastEventId, '5');

    const resumed = await application.sse('/orders/1/progress', { headers: { 'Last-Event-ID': '3' } });
    assert.equal((await resumed.next())?.id, '4');

    const again = await application.request('GET', '/orders/1/progress', { headers: { 'Last-Event-ID': '5' } });
    assert.equal(again.status, 204);
  });

  it('have a menu beside them, whose path is no order’s', async () => {
    await using application = await start();
    const menu = await application.request('GET', '/orders/menu');
    assert.deepEqual(menu.json<{ espresso: object }>().espresso, { name: 'Espresso', cents: 220 });
  });
});
