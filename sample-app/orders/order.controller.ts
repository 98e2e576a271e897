import { Controller, Http, HttpContext, HttpError, Sse, SseContext, type SseEvent } from 'yunction';
import { MENU } from './menu.js';
import { FindOrder, ListOrders, PlaceOrder, WatchOrder } from './order.events.js';
import { type Order, OrderRepository, type Step } from './order-repository.js';

/** Handlers say what they need, as a class, and return what is answered. */
@Controller('/orders')
export class OrderController {
  constructor(private readonly orders: OrderRepository) {}

  @Http('GET', '/menu')
  menu() {
    return MENU;
  }

  @Http('POST', '/', { status: 201 })
  async place(event: PlaceOrder, context: HttpContext) {
    const order = await this.orders.add(event);
    context.response.setHeader('Location', `/orders/${order.id}`);
    return summaryOf(order);
  }

  @Http('GET', '/')
  async list({ page, size }: ListOrders) {
    const { items, total } = await this.orders.list(page, size);
    return { items: items.map(summaryOf), page, size, total };
  }

  @Http('GET', '/:id')
  async find({ id, verbose = false }: FindOrder) {
    const order = await this.#get(id);
    return verbose ? { ...summaryOf(order), steps: order.steps } : summaryOf(order);
  }

  /**
   * Every step of an order, live. Each event has an id: a browser that loses the connection comes back by itself and
   * says in `lastEventId` what it saw last. When the generator returns the stream ends; a browser that comes back to a
   * delivered order gets 204, which tells it to stay away.
   */
  @Sse('/:id/progress', { retryMs: 1000 })
  async *progress({ id }: WatchOrder, context: SseContext): AsyncGenerator<SseEvent<Step>> {
    await this.#get(id); // nothing was sent yet, so an unknown order is an ordinary 404
    const steps = this.orders.watch(id, numberOf(context.lastEventId), context.signal);
    for await (const step of steps) yield { event: 'step', id: step.seq, data: step };
  }

  async #get(id: number): Promise<Order> {
    const order = await this.orders.get(id);
    if (order === undefined) throw HttpError.notFound(`there is no order ${id}`);
    return order;
  }
}

/** Without the address, which is nobody else's affair. */
function summaryOf({ id, lines, cents, steps }: Order) {
  return { id, lines, cents, status: steps.at(-1)?.name };
}

/** The header comes from outside: what is not a step's number counts as none. */
function numberOf(lastEventId = ''): number {
  return /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : 0;
}
