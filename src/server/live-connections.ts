/** An event stream or a WebSocket: something that stays open after its handler has returned. */
export interface LiveConnection {
  /** The id of the request that it began with. */
  readonly requestId: string;
  /** Ends in good order: the client is told to come back. Resolves when its handlers have ended. */
  endPolitely(reason: 'shutdown' | 'deadline'): Promise<void>;
  /** Cuts it off. */
  terminate(): void;
}

/** All that stays open, so that the end of the process can end it. */
export class LiveConnections {
  readonly #open = new Set<LiveConnection>();

  get size(): number {
    return this.#open.size;
  }

  /** The ids of their requests. */
  get requestIds(): string[] {
    return [...this.#open].map(({ requestId }) => requestId);
  }

  add(connection: LiveConnection): void {
    this.#open.add(connection);
  }

  delete(connection: LiveConnection): void {
    this.#open.delete(connection);
  }

  /** Ends all of them in good order. */
  async endPolitely(reason: 'shutdown' | 'deadline'): Promise<void> {
    await Promise.all([...this.#open].map((connection) => connection.endPolitely(reason)));
  }

  terminate(): void {
    for (const connection of this.#open) connection.terminate();
  }
}
