import { copyOf } from './copy-of.js';
import { HOSTILE } from './hostile-values.js';
import { Point } from './random-rules.js';
import type { Random } from './random.js';

type Holder = Record<string, unknown>;

const UNKNOWN_KEYS = ['unknown', 'extra', 'hasOwnProperty', 'kind', '__proto__'];

/** An input like this one with one to three changes, at any depth. */
export function mutatedInput(g: Random, input: Record<string, unknown>): Record<string, unknown> {
  const mutated = copyOf(input);
  for (let count = 1 + g.below(3); count > 0; count--) mutate(g, placeIn(g, mutated));
  return mutated;
}

/** The input itself, or an object or list inside it. */
function placeIn(g: Random, holder: Holder): Holder {
  const inner = Object.values(holder).filter(isHolder);
  return inner.length > 0 && g.chance(60) ? placeIn(g, g.pick(inner)) : holder;
}

function mutate(g: Random, holder: Holder): void {
  const keys = Object.keys(holder);
  if (keys.length === 0 || g.chance(15)) {
    add(holder, Array.isArray(holder) ? String(keys.length) : g.pick(UNKNOWN_KEYS), g.pick(HOSTILE)());
    return;
  }
  const key = g.pick(keys);
  const value = holder[key];
  const change = g.below(6);
  if (change === 0 && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  else if (change === 1) add(holder, key, [value]);
  else if (change === 2)
    add(holder, key, Array.isArray(value) ? (value[0] as unknown) : typeof value === 'object' ? null : String(value));
  else if (change === 3) add(holder, key, slightlyOther(g, value));
  else add(holder, key, g.pick(HOSTILE)());
}

function slightlyOther(g: Random, value: unknown): unknown {
  if (typeof value === 'number') return g.pick([-value, value + 0.5, value * 100, value + 1]);
  if (typeof value === 'string') return g.pick([`${value}x`, value.toUpperCase(), value.slice(1), ` ${value} `]);
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return g.pick([[...(value as unknown[]), null], value.toReversed(), [...value, ...value]]);
  return null;
}

/** Whatever the name: an assignment to `__proto__` would set the prototype. */
function add(holder: Holder, key: string, value: unknown): void {
  // The library is shown a function in place of such a value; under this name it would take that for a promise.
  if (key === 'then' && value instanceof Point) return;
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** What a parser makes: nothing else is changed, since others hold it too. */
function isHolder(value: unknown): value is Holder {
  if (Array.isArray(value)) return true;
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
