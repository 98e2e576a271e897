/** A copy of an input for each validator, since class-transformer deletes discriminators from what it reads. */
export function copyOf<Value>(value: Value): Value {
  return copy(value) as Value; // of the same shape
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const made = Object.create(prototype) as object;
  for (const key of Object.keys(value)) {
    const item = copy(Reflect.get(value, key));
    Object.defineProperty(made, key, { value: item, enumerable: true, configurable: true, writable: true });
  }
  return made;
}
