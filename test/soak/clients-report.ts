import type { Account, Feed, Kind } from './account.js';

/** What a process of clients is told first. */
export interface ClientsOrder {
  readonly urls: readonly string[];
  /** One for each client. */
  readonly kinds: readonly Kind[];
  /** Of this process among the others. */
  readonly name: string;
  /** Whether WebSockets go on with their sessions. */
  readonly resume: boolean;
}

/** What it is told when all is published. */
export type FinishOrder = Feed;

/** What it says meanwhile: how many of its clients get what is published from now on. */
export interface ClientsReady {
  readonly ready: number;
}

/** A client's account at the end. */
export type AccountReport = Omit<Account, 'missing' | 'announceGap' | 'take' | 'lost' | 'invented'> & {
  readonly lost: number;
  readonly invented: number;
};

/** What it says in the end. */
export interface ClientsReport {
  readonly accounts: readonly AccountReport[];
  readonly connects: number;
  /** What no client may meet. */
  readonly failures: readonly string[];
  readonly asked: Asked;
}

/** Requests of the WebSocket clients. */
export interface Asked {
  asked: number;
  answered: number;
  /** By the code of the client's error: those whose instance died while it handled them. */
  unanswered: Record<string, number>;
  handledTwice: number;
  /** Connections that could not be set up, as the store was away: their clients came again. */
  refused: number;
}
