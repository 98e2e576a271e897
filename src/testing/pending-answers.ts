/** What the server sends back to a message with an id. */
export interface Answer {
  readonly id: string | number;
  readonly result?: unknown;
  /** A problem. */
  readonly error?: unknown;
}

interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The requests of one WebSocket whose answers have not come. */
export class PendingAnswers {
  readonly #waiting = new Map<string | number, Waiting>();
  #lastId = 0;
  #error: Error | undefined;

  /** The id of a message: its own, or a new one. */
  idOf(message: object): string | number {
    const { id } = message as { id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? id : ++this.#lastId;
  }

  /** Waits for the answer with this id. Rejects for an id that is waited for already. */
  expect(id: string | number, timeoutMs: number, where: string): Promise<Answer> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#waiting.has(id)) return Promise.reject(new Error(`a request with the id ${id} is not answered yet`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`waited ${timeoutMs} ms for the answer to request ${id} on ${where}`));
      }, timeoutMs);
      this.#waiting.set(id, { timer, resolve, reject });
    });
  }

  /** Whether a message is an answer that somebody waits for; whoever does has it then. */
  settle(message: unknown): boolean {
    if (!isAnswer(message)) return false;
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return false;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    waiting.resolve(message);
    return true;
  }

  /** No answer comes any more. */
  end(error: Error): void {
    this.#error = error;
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}

function isAnswer(message: unknown): message is Answer {
  if (typeof message !== 'object' || message === null || !('id' in message)) return false;
  return 'result' in message || 'error' in message;
}
