import { randomUUID } from 'node:crypto';
import { injectable, Store } from 'yunction';

const LIFETIME_MS = 30_000;

/**
 * Tickets for the chat: each lets one connection in, under one name, within 30 seconds. In the store, so that the
 * instance that lets somebody in need not be the one that gave the ticket.
 */
@injectable()
export class Tickets {
  constructor(private readonly store: Store) {}

  async issue(name: string): Promise<string> {
    const ticket = randomUUID();
    await this.store.set(keyOf(ticket), name, { ttlMs: LIFETIME_MS });
    return ticket;
  }

  /** The name on a ticket, once; undefined if it is unknown, used or too old. */
  async redeem(ticket: string): Promise<string | undefined> {
    const name = await this.store.get<string>(keyOf(ticket));
    // Of two who come with the same ticket, one deletes it.
    return (await this.store.delete(keyOf(ticket))) ? name : undefined;
  }
}

function keyOf(ticket: string): string {
  return `ticket:${ticket}`;
}
