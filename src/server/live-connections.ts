/** Why a connection is ended by the server. */
export type EndReason = 'shutdown' | 'deadline';

/** An event stream or a WebSocket: something that stays open after its handler has returned. */
export interface LiveConnection {
  /** The id of the request that it began with. */
  readonly requestId: string;
  /** Ends in good order: the client is told to come back. Resolves when its handlers have ended. */
  endPolitely(reason: EndReason): Promise<void>;
  /** Cuts it off. */
  terminate(): void;
}

/** All that stays open, so that the end of the process can end it. */
export class LiveConnections {
  readonly #open = new Set<LiveConnection>();
  #ending: EndReason | undefined;

  get size(): number {
    return this.#open.size;
  }

  /** The ids of their requests. */
  get requestIds(): string[] {
    return [...this.#open].map(({ requestId }) => requestId);
  }

  /** One that comes when the end has begun (its request was on its way already) is ended as soon as it is set up. */
  add(connection: LiveConnection): void {
    this.#open.add(connection);
    const reason = this.#ending;
    if (reason !== undefined) queueMicrotask(() => void endOne(connection, reason));
  }

  delete(connection: LiveConnection): void {
    this.#open.delete(connection);
  }

  /** Ends all of them in good order, and from now on every new one. */
  async endPolitely(reason: EndReason): Promise<void> {
    this.#ending = reason;
    await Promise.all([...this.#open].map((connection) => endOne(connection, reason)));
  }

  terminate(): void {
    for (const connection of this.#open) connection.terminate();
  }
}

/** One that cannot end in good order is cut, so that it does not keep the others from their end. */
async function endOne(connection: LiveConnection, reason: EndReason): Promise<void> {
  try {
    await connection.endPolitely(reason);
  } catch {
    connection.terminate();
  }
}
