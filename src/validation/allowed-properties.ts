import { ruledProperties } from './event-properties.js';
import type { EventClass } from './event-validator.js';
import type { Libraries } from './libraries.js';

/**
 * Counts the named properties as allowed where no rule of class-validator stands on them, as `@Allow()` would: a
 * property that says where it is read from is declared, so it must be neither stripped as unknown nor refused.
 */
export function allowProperties(eventClass: EventClass, names: readonly string[], { Allow }: Libraries): void {
  const ruled = ruledProperties(eventClass);
  for (const name of names) {
    if (!ruled.includes(name)) Allow({ always: true })(eventClass.prototype, name);
  }
}
