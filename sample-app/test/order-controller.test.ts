import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeHttpContext, fakeSseContext, validateEvent } from 'yunction/testing';
import { OrderController } from '../orders/order.controller.js';
import { FindOrder, ListOrders, PlaceOrder } from '../orders/order.events.js';
import { type Order, OrderRepository, type Step } from '../orders/order-repository.js';

const STEPS_SO_FAR: Step[] = [
  { seq: 1, name: 'received', at: '2026-01-01T08:00:00.000Z' },
  { seq: 2, name: 'paid', at: '2026-01-01T08:01:00.000Z' },
  { seq: 3, name: 'prepared', at: '2026-01-01T08:02:00.000Z' },
];
const ORDER: Order = { id: 7, email: 'ada@example.com', lines: [], cents: 220, steps: STEPS_SO_FAR };

/** Knows one order. A controller is an ordinary class: its tests hand it what they like. */
class FakeOrderRepository extends OrderRepository {
  readonly added: PlaceOrder[] = [];

  override async add(order: PlaceOrder): Promise<Order> {
    this.added.push(order);
    return ORDER;
  }

  override async get(id: number): Promise<Order | undefined> {
    return id === ORDER.id ? ORDER : undefined;
  }

  override async list(page: number, size: number) {
    return { items: [ORDER], total: page * size };
  }

  override async *watch(_id: number, seen: number): AsyncGenerator<Step> {
    yield* STEPS_SO_FAR.slice(seen);
  }
}

describe('OrderController', () => {
  it('places an order and says where it is', async () => {
    const repository = new FakeOrderRepository();
    const event = await validateEvent(PlaceOrder, {
      email: 'ada@example.com',
      lines: [{ sku: 'espresso', quantity: 1 }],
    });
    const context = fakeHttpContext();

    const placed = await new OrderController(repository).place(event, context);

    assert.deepEqual(repository.added, [event]);
    assert.deepEqual(placed, { id: 7, lines: [], cents: 220, status: 'prepared' });
    assert.equal(context.response.getHeader('location'), '/orders/7');
  });

  it('shows the steps of an order only when asked, and never the e-mail address', async () => {
    const controller = new OrderController(new FakeOrderRepository());
    assert.deepEqual(await controller.find({ id: 7 }), { id: 7, lines: [], cents: 220, status: 'prepared' });
    assert.deepEqual(await controller.find({ id: 7, verbose: true }), {
      id: 7,
      lines: [],
      cents: 220,
      status: 'prepared',
      steps: STEPS_SO_FAR,
    });
  });

  it('answers 404 for an order that is not there', async () => {
    const controller = new OrderController(new FakeOrderRepository());
    await assert.rejects(controller.find({ id: 8 }), { status: 404, message: 'there is no order 8' });
  });

  it('goes on after the step that the client saw last', async () => {
    const controller = new OrderController(new FakeOrderRepository());
    assert.deepEqual(await seqsAfter(controller, undefined), [1, 2, 3]);
    assert.deepEqual(await seqsAfter(controller, '2'), [3]);
    assert.deepEqual(await seqsAfter(controller, 'nonsense'), [1, 2, 3]);
    assert.deepEqual(await seqsAfter(controller, '-1'), [1, 2, 3]);
  });
});

describe('the events of orders', () => {
  it('name every rule that an order breaks by the path of the value', async () => {
    await assert.rejects(
      validateEvent(PlaceOrder, { email: 'nobody', lines: [{ sku: 'tea', quantity: 0 }] }),
      (error: { errors: { path: string; rule: string }[] }) => {
        assert.deepEqual(
          error.errors.map(({ path, rule }) => [path, rule]),
          [
            ['email', 'isEmail'],
            ['lines[0].sku', 'isIn'],
            ['lines[0].quantity', 'min'],
          ],
        );
        return true;
      },
    );
  });

  it('have defaults where a list is not paged', async () => {
    const { page, size } = await validateEvent(ListOrders, {});
    assert.deepEqual([page, size], [1, 20]);
    await assert.rejects(validateEvent(ListOrders, { size: 101 }), { code: 'VALIDATION_FAILED' });
    await assert.rejects(validateEvent(FindOrder, { id: 1.5 }), { code: 'VALIDATION_FAILED' });
  });
});

async function seqsAfter(controller: OrderController, lastEventId: string | undefined): Promise<unknown[]> {
  const context = fakeSseContext(lastEventId === undefined ? {} : { lastEventId });
  const seqs: unknown[] = [];
  for await (const { id } of controller.progress({ id: 7 }, context)) seqs.push(id);
  return seqs;
}
