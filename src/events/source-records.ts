import type { EventClass } from '../validation/event-validator.js';

/** Where a property of an event is read from. */
export type EventSource = 'path' | 'query' | 'header' | 'cookie' | 'body';

/** What one `@FromPath`, `@FromQuery`, `@FromHeader`, `@FromCookie` or `@FromBody` said. */
export interface SourceRecord {
  readonly property: string;
  readonly source: EventSource;
  /** `undefined`: the name of the property; of a body: the whole of it. */
  readonly name: string | undefined;
}

/** By the prototype of the decorated class. A leaf module on purpose, as routing/route-records.ts is. */
const RECORDS = new WeakMap<object, Map<string, SourceRecord>>();

/** Keeps what a decorator said. Two decorators on one property: the upper one, which runs last, stands. */
export function recordSource(prototype: object, record: SourceRecord): void {
  let records = RECORDS.get(prototype);
  if (records === undefined) {
    records = new Map();
    RECORDS.set(prototype, records);
  }
  records.set(record.property, record);
}

/** All records of a class, inherited ones included; a subclass's word for a property comes before its parent's. */
export function sourcesOf(eventClass: EventClass): readonly SourceRecord[] {
  const merged = new Map<string, SourceRecord>();
  for (let prototype: unknown = eventClass.prototype; typeof prototype === 'object' && prototype !== null; ) {
    for (const [property, record] of RECORDS.get(prototype) ?? []) {
      if (!merged.has(property)) merged.set(property, record);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return [...merged.values()];
}
