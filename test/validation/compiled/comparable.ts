/** What stands for an Invalid Date: `deepEqual` takes two of these for different ones. */
const INVALID_DATE = 'Invalid Date';

/** The same value, in which Invalid Dates have been replaced: in place. */
export function comparable(value: unknown, seen = new Set<object>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date && Number.isNaN(value.getTime())) return INVALID_DATE;
  if (seen.has(value)) return value;
  seen.add(value);
  if (value instanceof Map) for (const [key, item] of value) value.set(key, comparable(item, seen));
  else if (value instanceof Set) {
    const items = [...value].map((item) => comparable(item, seen));
    value.clear();
    for (const item of items) value.add(item);
  } else if (!(value instanceof Uint8Array)) {
    for (const key of Object.keys(value)) {
      const { value: item } = Object.getOwnPropertyDescriptor(value, key) ?? {};
      const replaced = comparable(item, seen);
      if (replaced !== item) Reflect.defineProperty(value, key, { value: replaced, enumerable: true });
    }
  }
  return value;
}
