import { randomUUID } from 'node:crypto';
import { injectable } from 'yunction';

const LIFETIME_MS = 30_000;

/** Tickets for the chat: each lets one connection in, under one name, within 30 seconds. */
@injectable()
export class Tickets {
  readonly #issued = new Map<string, { name: string; expires: number }>();

  issue(name: string): string {
    this.#forgetExpired();
    const ticket = randomUUID();
    this.#issued.set(ticket, { name, expires: Date.now() + LIFETIME_MS });
    return ticket;
  }

  /** The name on a ticket, once; undefined if it is unknown, used or too old. */
  redeem(ticket: string): string | undefined {
    this.#forgetExpired();
    const name = this.#issued.get(ticket)?.name;
    this.#issued.delete(ticket);
    return name;
  }

  #forgetExpired(): void {
    for (const [ticket, { expires }] of this.#issued) {
      if (expires > Date.now()) return; // a Map keeps the order of arrival: the rest is younger
      this.#issued.delete(ticket);
    }
  }
}
