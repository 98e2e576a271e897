/** Stands for a value that class-transformer must not rebuild: it hands functions on as they are. */
type Stand = () => void;

/** The values taken out of an input, by what stands for them. */
export type HiddenValues = Map<unknown, object>;

/**
 * Instances of classes, such as an uploaded file, are not plain input: class-transformer would rebuild them property by
 * property and lose their private state. So they are hidden from it, and put back by `reveal` before the rules are
 * applied. They are looked for in the input's values and one level below: nothing deeper can come from a form.
 *
 * @param isTransformed whether a `@Transform` is waiting for this key: its function must see the real value.
 */
export function hideOpaque(
  input: object,
  isTransformed: (key: string) => boolean,
): { input: object; hidden: HiddenValues | undefined } {
  let copy: Record<string, unknown> | undefined;
  const hidden: HiddenValues = new Map();
  for (const key of Object.keys(input)) {
    const value: unknown = Reflect.get(input, key);
    // class-transformer ignores this key, and assigning it would change the copy's prototype.
    if (!holdsOpaque(value, 1) || key === '__proto__') continue;
    const stand = isTransformed(key) ? turnstileFor : (found: object) => hide(found, hidden);
    copy ??= { ...input };
    copy[key] = replaceOpaque(value, 1, stand);
  }
  return copy === undefined ? { input, hidden: undefined } : { input: copy, hidden };
}

/** Puts the hidden values back into what class-transformer made, in place. */
export function reveal(holder: object, hidden: HiddenValues, depth = 2): void {
  const shown = (item: unknown): unknown => {
    const found = hidden.get(item);
    if (found !== undefined) return found;
    if (depth > 0 && typeof item === 'object' && item !== null) reveal(item, hidden, depth - 1);
    return item;
  };
  if (holder instanceof Set) {
    const items = [...holder].map(shown);
    holder.clear();
    for (const item of items) holder.add(item);
  } else if (holder instanceof Map) {
    for (const [key, item] of holder) holder.set(key, shown(item));
  } else {
    for (const [key, item] of Object.entries(holder)) {
      const value = shown(item);
      if (value !== item) Reflect.set(holder, key, value);
    }
  }
}

/** Whether a value, which is no plain object, is one that class-transformer must not rebuild. */
export function isOpaque(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return false;
  // These class-transformer knows how to copy.
  return !(
    Array.isArray(value) ||
    value instanceof Date ||
    value instanceof Set ||
    value instanceof Map ||
    value instanceof Promise ||
    value instanceof Uint8Array
  );
}

/** Whether a value is opaque, or holds such a value so many levels below. */
export function holdsOpaque(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isOpaque(value)) return true;
  if (Array.isArray(value)) return depth >= 0 && value.some((item) => holdsOpaque(item, depth - 1));
  return depth > 0 && Object.values(value).some((item) => holdsOpaque(item, depth - 1));
}

function replaceOpaque(value: unknown, depth: number, stand: (found: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null || !holdsOpaque(value, depth)) return value;
  if (isOpaque(value)) return stand(value);
  if (Array.isArray(value)) return value.map((item) => replaceOpaque(item, depth - 1, stand));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceOpaque(item, depth - 1, stand)]));
}

function hide(found: object, hidden: HiddenValues): Stand {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- each is a value of its own
  const stand: Stand = () => undefined;
  hidden.set(stand, found);
  return stand;
}

function turnstileFor(found: object): Turnstile {
  return new Turnstile(found);
}

let passing: object | undefined;

/** What class-transformer constructs when it copies a turnstile: the value that has just gone in. */
function Passed(): object {
  const value = passing ?? {};
  passing = undefined;
  return value;
}

/**
 * class-transformer copies an untyped object by constructing `value.constructor` and setting its own keys. A turnstile
 * has no keys, and constructing its constructor gives the hidden value itself, so that a `@Transform` receives it.
 * One constructor serves all: the library keeps every constructor that it has seen for ever.
 */
class Turnstile {
  constructor(hidden: object) {
    Object.defineProperty(this, 'constructor', {
      get: () => {
        passing = hidden;
        return Passed;
      },
    });
  }
}
