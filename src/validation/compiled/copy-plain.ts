/** A copy of plain objects and arrays, all the way down; whatever else stands in them is the same in the copy. */
export function copyPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyPlain);
  if (typeof value !== 'object' || value === null) return value;
  const prototype = Object.getPrototypeOf(value) as object | null; // any, says the language; no other than these, in fact
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: object = Object.create(prototype) as object;
  for (const key of Object.keys(value)) {
    const item = copyPlain(Reflect.get(value, key));
    // A plain assignment to __proto__ would set the prototype.
    Object.defineProperty(copy, key, { value: item, configurable: true, enumerable: true, writable: true });
  }
  return copy;
}
