import { type EventError, HttpError } from '../errors/http-error.js';

/** The 400 of an event that is not valid. Its detail is the first failure's message and the number of the others. */
export function eventFailure(errors: readonly EventError[], cause?: unknown): HttpError {
  const others = errors.length - 1;
  const detail = `${errors[0]?.message ?? ''}${others > 0 ? ` (and ${others} more)` : ''}`;
  return HttpError.of('VALIDATION_FAILED', detail, { errors, cause });
}
