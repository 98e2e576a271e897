import { EventEmitter, once } from 'node:events';
import { inject, injectable } from 'yunction';
import { MENU } from './menu.js';
import type { PlaceOrder } from './order.events.js';
import { type Order, OrderRepository, type Step, STEPS } from './order-repository.js';

/** Milliseconds from one step of an order to the next. A number is no class, so it is injected by this token. */
export const STEP_MS = Symbol('STEP_MS');

/** Orders in memory, gone with the process, and a kitchen that delivers every one of them. */
@injectable()
export class MemoryOrderRepository extends OrderRepository {
  readonly #orders = new Map<number, Order>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #changes = new EventEmitter().setMaxListeners(0); // one listener for each client that watches

  constructor(@inject(STEP_MS) private readonly stepMs: number) {
    super();
  }

  override async add({ email, lines }: PlaceOrder): Promise<Order> {
    const cents = lines.reduce((sum, { sku, quantity }) => sum + MENU[sku].cents * quantity, 0);
    const order: Order = { id: this.#orders.size + 1, email, lines, cents, steps: [] };
    this.#orders.set(order.id, order);
    this.#advance(order);
    return order;
  }

  override async get(id: number): Promise<Order | undefined> {
    return this.#orders.get(id);
  }

  override async list(page: number, size: number): Promise<{ items: Order[]; total: number }> {
    const newestFirst = [...this.#orders.values()].reverse();
    return { items: newestFirst.slice((page - 1) * size, page * size), total: newestFirst.length };
  }

  override async *watch(id: number, seen: number, signal: AbortSignal): AsyncGenerator<Step> {
    const steps = this.#orders.get(id)?.steps ?? [];
    for (let next = seen; next < STEPS.length; next += 1) {
      // The signal takes the listener away when the client leaves.
      while (steps[next] === undefined) await once(this.#changes, String(id), { signal });
      yield* steps.slice(next, next + 1);
    }
  }

  /** Called by the framework when the application closes: a timer left behind would keep the process alive. */
  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #advance(order: Order): void {
    const name = STEPS[order.steps.length];
    if (name === undefined) return;
    order.steps.push({ seq: order.steps.length + 1, name, at: new Date().toISOString() });
    this.#changes.emit(String(order.id));
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#advance(order);
    }, this.stepMs);
    this.#timers.add(timer);
  }
}
