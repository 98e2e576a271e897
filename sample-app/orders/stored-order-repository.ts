import { Channels, inject, injectable, Store } from 'yunction';
import { MENU } from './menu.js';
import type { PlaceOrder } from './order.events.js';
import { type Order, OrderRepository, type Step, STEPS } from './order-repository.js';

/** Milliseconds from one step of an order to the next. A number is no class, so it is injected by this token. */
export const STEP_MS = Symbol('STEP_MS');

/** Beyond two steps in which nothing has happened: then whoever cooked is gone. */
const GRACE_MS = 1000;

/** How long an order is known. */
const ORDER_MS = 24 * 3_600_000;

/**
 * Orders in the store, and a kitchen that delivers every one of them. Store and channels are in memory, or in Redis and
 * then every instance shows every order, live: nothing here has to know.
 */
@injectable()
export class StoredOrderRepository extends OrderRepository {
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(
    @inject(STEP_MS) private readonly stepMs: number,
    private readonly store: Store,
    private readonly channels: Channels,
  ) {
    super();
  }

  override async add({ email, lines }: PlaceOrder): Promise<Order> {
    const cents = lines.reduce((sum, { sku, quantity }) => sum + MENU[sku].cents * quantity, 0);
    const id = await this.store.increment('orders');
    const order: Order = { id, email, lines, cents, steps: [] };
    await this.#advance(order);
    return order;
  }

  override get(id: number): Promise<Order | undefined> {
    return this.store.get<Order>(keyOf(id));
  }

  override async list(page: number, size: number): Promise<{ items: Order[]; total: number }> {
    const total = (await this.store.get<number>('orders')) ?? 0;
    const newest = total - (page - 1) * size;
    const ids = Array.from({ length: Math.max(0, Math.min(size, newest)) }, (_, index) => newest - index);
    const orders = await Promise.all(ids.map((id) => this.get(id)));
    return { items: orders.filter((order) => order !== undefined), total };
  }

  override async *watch(id: number, seen: number, signal: AbortSignal): AsyncGenerator<Step> {
    const steps = (await this.get(id))?.steps ?? [];
    yield* steps.slice(seen);
    const next = Math.max(seen, steps.length);
    if (next >= STEPS.length) return;
    const timer = setInterval(() => void this.#takeOver(id), this.#leaseMs);
    this.#timers.add(timer);
    try {
      yield* this.#hear(id, next, signal);
    } finally {
      clearInterval(timer);
      this.#timers.delete(timer);
    }
  }

  async *#hear(id: number, seen: number, signal: AbortSignal): AsyncGenerator<Step> {
    let next = seen;
    // The steps are published under their own numbers: so none falls between what was read and what is heard.
    for await (const _step of this.channels.subscribe(keyOf(id), { after: `${next}-0`, signal })) {
      // What is heard says only that there is more: so that it does not matter if a message of it was lost.
      const more = (await this.get(id))?.steps.slice(next) ?? [];
      yield* more;
      next += more.length;
      if (next >= STEPS.length) return;
    }
  }

  /** Called by the framework when the application closes: a timer left behind would keep the process alive. */
  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  get #leaseMs(): number {
    return 2 * this.stepMs + GRACE_MS;
  }

  /** The instance that cooked may have died: then one of those where the order is watched cooks on. */
  async #takeOver(id: number): Promise<void> {
    try {
      const free = await this.store.set(kitchenOf(id), true, { ttlMs: this.#leaseMs, ifAbsent: true });
      const order = free ? await this.get(id) : undefined;
      if (order !== undefined) await this.#advance(order);
    } catch {
      // The store is away: the next time.
    }
  }

  async #advance(order: Order): Promise<void> {
    const name = STEPS[order.steps.length];
    if (name === undefined) return;
    const step = { seq: order.steps.length + 1, name, at: new Date().toISOString() };
    order.steps.push(step);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      // The store may be away for a moment: the next step writes this one too.
      this.#advance(order).catch(() => undefined);
    }, this.stepMs);
    this.#timers.add(timer);
    await this.store.set(kitchenOf(order.id), true, { ttlMs: this.#leaseMs });
    await this.store.set(keyOf(order.id), order, { ttlMs: ORDER_MS });
    await this.channels.publish(keyOf(order.id), step, { id: `${step.seq}-0` });
  }
}

function keyOf(id: number): string {
  return `order:${id}`;
}

/** Set as long as somebody cooks. */
function kitchenOf(id: number): string {
  return `kitchen:${id}`;
}
