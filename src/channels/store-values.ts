/** The JSON of a value to store. @throws TypeError for what has none. */
export function jsonOf(value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError(`a store keeps JSON, which a value of type ${typeof value} has not`);
  return json;
}

/** @throws RangeError unless it is a whole number of milliseconds, at least 1. */
export function checkTtl(ttlMs: number | undefined): void {
  if (ttlMs === undefined || (Number.isSafeInteger(ttlMs) && ttlMs > 0)) return;
  throw new RangeError(`ttlMs is a whole number of milliseconds, at least 1, not ${String(ttlMs)}`);
}

/** @throws RangeError unless it is a whole number that is exact. */
export function checkIncrement(by: number): void {
  if (!Number.isSafeInteger(by)) throw new RangeError(`by is a whole number, not ${String(by)}`);
}
