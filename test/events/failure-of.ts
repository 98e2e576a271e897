import assert from 'node:assert/strict';
import { type EventError, HttpError } from '#src/errors/http-error.js';

/** The `HttpError` that reading gives, throws or rejects with; anything else, a success too, fails the test. */
export async function failureOf(read: () => unknown): Promise<HttpError> {
  try {
    const result = await read();
    if (result instanceof HttpError) return result;
  } catch (thrown) {
    if (thrown instanceof HttpError) return thrown;
    throw thrown;
  }
  return assert.fail('the event was accepted');
}

/** The entries of a `VALIDATION_FAILED`. */
export async function errorsOf(read: () => unknown): Promise<readonly EventError[]> {
  const failure = await failureOf(read);
  assert.equal(failure.code, 'VALIDATION_FAILED');
  assert.equal(failure.status, 400);
  return failure.errors ?? [];
}
