/** An error's body, as RFC 9457 has it and Yunction answers it. */
export interface ClientProblem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  /** The server's word for what is wrong: `VALIDATION_FAILED`. */
  readonly code?: string;
  readonly requestId?: string;
  /** One entry for each rule that failed. */
  readonly errors?: readonly { readonly in: string; readonly path: string; readonly rule: string; readonly message: string }[];
}

/** What the client fails with: the server's problem, or what happened on the way. */
export class ClientError extends Error {
  constructor(
    /**
     * The code of the server's problem, `HTTP_<status>` where it has none, or one of the client's own: `TIMEOUT`,
     * `CLOSED`, `CONNECTION_LOST` and `SESSION_LOST` (the message may have been handled or not), `QUEUE_FULL`,
     * `NOT_A_STREAM`.
     */
    readonly code: string,
    message = code,
    /** The server's problem, where it has answered with one. */
    readonly problem?: ClientProblem,
  ) {
    super(message);
    this.name = 'ClientError';
  }
}

/** The error that a problem says. */
export function problemError(problem: ClientProblem): ClientError {
  return new ClientError(problem.code ?? `HTTP_${problem.status}`, problem.detail ?? problem.title, problem);
}
