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
  readonly errors?: readonly {
    readonly in: string;
    readonly path: string;
    readonly rule: string;
    readonly message: string;
  }[];
}

/** What the client fails with: the server's problem, or what happened on the way. */
export class ClientError extends Error {
  /**
   * The code of the server's problem, `HTTP_<status>` where it has none, or one of the client's own: `TIMEOUT`, `CLOSED`,
   * `LOST` (the message may have been handled or not), `FULL`, `NO_STREAM`.
   */
  readonly code: string;
  /** What the server has answered, where it has: its HTTP status among it. */
  readonly problem: ClientProblem;

  constructor(problem: ClientProblem) {
    const { code = `HTTP_${problem.status}`, title = code, detail = title } = problem;
    super(detail);
    this.code = code;
    this.problem = problem;
  }
}
