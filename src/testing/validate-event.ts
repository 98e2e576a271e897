import { eventFailure } from '../events/event-failure.js';
import { isRecord, rootOf } from '../events/event-input.js';
import { sourcesOf } from '../events/source-records.js';
import { allowProperties } from '../validation/allowed-properties.js';
import { createValidator } from '../validation/create-validator.js';
import type { EventClass, UnknownProperties } from '../validation/event-validator.js';
import { loadLibraries } from '../validation/libraries.js';

export interface ValidateEventOptions {
  /** What becomes of properties that the class does not declare. Default `strip`. */
  unknown?: UnknownProperties;
  /** Validation groups, as a route's option of the same name. */
  groups?: readonly string[];
}

/**
 * The event that a handler would be given, from its properties by name, wherever a request carries them. Values are as
 * in JSON: nothing is converted from text, which is a request's concern.
 *
 * @throws HttpError (rejected) `VALIDATION_FAILED`, whose `errors` have one entry for each failed rule.
 * @example
 * const event = await validateEvent(PlaceOrder, { email: 'a@b.example', lines: [] });
 * await assert.rejects(validateEvent(PlaceOrder, { email: 'no' }), { code: 'VALIDATION_FAILED' });
 */
export async function validateEvent<Event extends object>(
  eventClass: EventClass<Event>,
  input: unknown,
  options: ValidateEventOptions = {},
): Promise<Event> {
  if (!isRecord(input)) {
    throw eventFailure([{ in: 'body', path: '', rule: 'object', message: 'the event must be an object' }]);
  }
  const records = sourcesOf(eventClass);
  const properties = records.map(({ property }) => property);
  allowProperties(eventClass, properties, await loadLibraries());
  const validator = createValidator(eventClass, { unknown: 'strip', ...options });
  const verdict = await validator.validate(input);
  if (verdict.ok) return verdict.value;
  const sources = new Map(records.map(({ property, source }) => [property, source]));
  throw eventFailure(
    verdict.failures.map((failure) => ({ in: sources.get(rootOf(failure.path)) ?? 'body', ...failure })),
    verdict.cause,
  );
}
