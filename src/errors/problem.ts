import { ERROR_CODES } from './error-codes.js';
import { type EventError, HttpError } from './http-error.js';
import { redactText } from './redact-text.js';

/** The body of every error answer: RFC 9457, `application/problem+json`. */
export interface Problem {
  /** Always `about:blank`: the code tells the kind (RFC 9457, section 4.2.1). */
  type: 'about:blank';
  title: string;
  status: number;
  detail?: string;
  /** Stable, for programs: see docs/results-and-errors.md. */
  code: string;
  requestId: string;
  /** One entry per failed rule where `code` is `VALIDATION_FAILED`. */
  errors?: readonly EventError[];
  /** The stack of an unexpected error; never in production. */
  stack?: string;
}

const STATUS_TITLES = new Map<number, string>();
for (const { status, title } of Object.values(ERROR_CODES)) {
  if (!STATUS_TITLES.has(status)) STATUS_TITLES.set(status, title);
}

/** Any thrown value as an `HttpError`: what is not one already becomes 500 `INTERNAL` with the value as its cause. */
export function toHttpError(thrown: unknown): HttpError {
  if (isError(thrown) && thrown instanceof HttpError) return thrown;
  return HttpError.of('INTERNAL', undefined, { cause: thrown });
}

/**
 * The one function that turns an error into a problem body.
 * An unexpected error shows its message and stack only where `exposeInternals` says so: outside production; and even
 * there without the secrets that such texts are known to hold.
 */
export function toProblem(error: HttpError, requestId: string, exposeInternals: boolean): Problem {
  const table: Record<string, { title: string }> = ERROR_CODES;
  const problem: Problem = {
    type: 'about:blank',
    title: table[error.code]?.title ?? STATUS_TITLES.get(error.status) ?? `HTTP ${error.status}`,
    status: error.status,
    code: error.code,
    requestId,
  };
  if (error.message !== '') problem.detail = error.message;
  if (error.errors !== undefined) problem.errors = error.errors;
  if (exposeInternals && error.code === 'INTERNAL' && error.cause !== undefined) {
    problem.detail ??= redactText(describe(error.cause));
    const stack = stackOf(error.cause);
    if (stack !== undefined) problem.stack = redactText(stack);
  }
  return problem;
}

/**
 * A short text for any thrown value, `null` and strings included. It never throws itself: whoever asks is reporting a
 * failure, and an error may have a message that is no text, or that only a getter gives.
 */
export function describe(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
    return `thrown value: ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch {
    return `thrown value of type ${typeof thrown}`;
  }
}

function stackOf(thrown: unknown): string | undefined {
  try {
    return isError(thrown) && typeof thrown.stack === 'string' ? thrown.stack : undefined;
  } catch {
    return undefined; // a getter of the user's that fails
  }
}

/** Whether a thrown value is an `Error`: a proxy that was revoked cannot even be asked. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}
