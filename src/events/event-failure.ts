import { type EventError, HttpError } from '../errors/http-error.js';

/** The 400 of an event that is not valid. Its detail is the first failure's message and the number of the others. */
export function eventFailure(errors: readonly EventError[], cause?: unknown): HttpError {
  const others = errors.length - 1;
  const detail = `${errors[0]?.message ?? ''}${others > 0 ? ` (and ${others} more)` : ''}`;
  // Where in Yunction it was found tells nobody anything, and to find that out costs more than the validation did.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new HttpError(400, detail, { code: 'VALIDATION_FAILED', errors, cause });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
