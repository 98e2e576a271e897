import { createCompiledValidator } from './compiled/compiled-validator.js';
import type { EventClass, EventValidator, ValidationOptions } from './event-validator.js';
import { createLibraryValidator } from './library-validator.js';

/**
 * A validator of one event class: from a plain object to a validated instance, exactly as class-transformer and
 * class-validator decide. The class is compiled at the first event; what cannot be compiled is left to the libraries,
 * and so is everything where `--disallow-code-generation-from-strings` forbids to compile.
 *
 * @example
 * const verdict = await createValidator(PlaceOrder, { unknown: 'strip' }).validate(JSON.parse(text));
 */
export function createValidator<T extends object>(
  eventClass: EventClass<T>,
  options: ValidationOptions,
): EventValidator<T> {
  return createCompiledValidator(eventClass, options, createLibraryValidator(eventClass, options));
}
