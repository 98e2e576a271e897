import { codeOfStatus, ERROR_CODES, type ErrorCode } from './error-codes.js';

/** One failed rule of an event, as it stands in the `errors` of a problem body. It never holds the rejected value. */
export interface EventError {
  /** Where the value came from. */
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body' | 'message';
  /** The property, as a path from the event: `lines[0].quantity`. Empty when the whole event is meant. */
  readonly path: string;
  /** The rule that failed: class-validator's name of it (`max`), or `type` where a string could not be converted. */
  readonly rule: string;
  /** What is wrong, for a person. */
  readonly message: string;
}

export interface HttpErrorOptions {
  /** A stable, upper-case word for programs. Default: the general code of the status, such as `NOT_FOUND`. */
  code?: string;
  /** Response headers, such as `Retry-After`. */
  headers?: Record<string, string | string[]>;
  /** One entry per failed rule. */
  errors?: readonly EventError[];
  /** What led to this error. It goes into the log and never into the response. */
  cause?: unknown;
}

/**
 * An error that is an answer: thrown or returned by a handler or a middleware, it becomes an
 * `application/problem+json` body (RFC 9457) with this status. Its message is shown to the client as `detail`.
 *
 * @example
 * throw new HttpError(409, `order ${id} is already paid`, { code: 'ORDER_PAID' });
 * return HttpError.notFound(`order ${id}`);
 */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string | string[]> | undefined;
  readonly errors: readonly EventError[] | undefined;

  /**
   * @param status 400 to 599. Anything else is a `RangeError`.
   * @param detail What is wrong with this request, for the client to read.
   */
  constructor(status: number, detail?: string, options: HttpErrorOptions = {}) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`HttpError: status is a number from 400 to 599, not ${String(status)}`);
    }
    super(detail ?? '', options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = options.code ?? codeOfStatus(status);
    this.headers = options.headers;
    this.errors = options.errors;
  }

  /** An error of the code table: `HttpError.of('BODY_TOO_LARGE', 'at most 1048576 bytes')`. */
  static of(code: ErrorCode, detail?: string, options: Omit<HttpErrorOptions, 'code'> = {}): HttpError {
    return new HttpError(ERROR_CODES[code].status, detail, { ...options, code });
  }

  /** 400 */
  static badRequest(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(400, detail, options);
  }
  /** 401, with `WWW-Authenticate` where `options.headers` gives it. */
  static unauthorized(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(401, detail, options);
  }
  /** 403 */
  static forbidden(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(403, detail, options);
  }
  /** 404 */
  static notFound(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(404, detail, options);
  }
  /** 409 */
  static conflict(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(409, detail, options);
  }
  /** 410 */
  static gone(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(410, detail, options);
  }
  /** 422 */
  static unprocessable(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(422, detail, options);
  }
  /** 429, with `Retry-After` where `options.headers` gives it. */
  static tooManyRequests(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(429, detail, options);
  }
  /** 503 */
  static unavailable(detail?: string, options?: HttpErrorOptions): HttpError {
    return new HttpError(503, detail, options);
  }
}
