import type { OrderLine, PlaceOrder } from './order.events.js';

/** The way of an order, in this sequence. */
export const STEPS = ['received', 'paid', 'prepared', 'on its way', 'delivered'] as const;

/** One step that an order has reached. `seq` counts from 1 and serves as the event's id on `/orders/:id/progress`. */
export interface Step {
  seq: number;
  name: (typeof STEPS)[number];
  at: string;
}

export interface Order {
  id: number;
  email: string;
  lines: OrderLine[];
  cents: number;
  steps: Step[];
}

/**
 * Where orders are kept. An abstract class and not an interface, so that it can be asked for in a constructor: which
 * one is given stands in app.ts.
 */
export abstract class OrderRepository {
  abstract add(order: PlaceOrder): Promise<Order>;
  abstract get(id: number): Promise<Order | undefined>;
  /** One page of orders, newest first; pages count from 1. */
  abstract list(page: number, size: number): Promise<{ items: Order[]; total: number }>;
  /** The steps after number `seen`, each as it is reached. Ends when the order is delivered or `signal` aborts. */
  abstract watch(id: number, seen: number, signal: AbortSignal): AsyncIterable<Step>;
}
