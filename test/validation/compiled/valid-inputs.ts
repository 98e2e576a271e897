import type { EventValidator, ValidationOptions } from '#src/validation/event-validator.js';
import { createLibraryValidator } from '#src/validation/library-validator.js';
import { copyOf } from './copy-of.js';
import type { RandomClass, RandomKey } from './random-event.js';
import { calls } from './random-rules.js';
import type { Random } from './random.js';

type Input = Record<string, unknown>;
/** What a property may be given: under one of its keys, or not at all. */
type Gift = { readonly key: string; readonly value: unknown } | undefined;

/** Values of a property's own kind that are tried before others. */
const TRIED_AT_FIRST = 5;
const REMEMBERED = 8;
/** Values that please rules of other kinds. */
const OTHERS: readonly unknown[] = [
  1,
  'abc',
  true,
  [1],
  {},
  '2026-11-23T09:30:00.000Z',
  'a@b.co',
  2,
  [],
  null,
  5,
  'red',
];

/** What is known of one class. */
interface Known {
  readonly validator: EventValidator<object>;
  readonly properties: ReadonlyMap<string, readonly RandomKey[]>;
  /** What has pleased all rules of a property: together these make valid inputs. */
  readonly pleasing: Map<string, Gift[]>;
  /** Whether any input of the class is valid, so far as could be found. */
  isSatisfiable: boolean;
}

/**
 * Makes valid inputs of random classes from the rules that stand on them: a value is tried, and another where the
 * libraries say that its property is at fault. Classes inside a class come first.
 */
export class ValidInputs {
  readonly #random: Random;
  readonly #options: ValidationOptions;
  readonly #classes = new Map<RandomClass, Known>();

  constructor(random: Random, options: ValidationOptions) {
    this.#random = random;
    this.#options = options;
  }

  /** Looks for valid inputs of a class. @returns whether there are any; not every class can be pleased */
  async find(event: RandomClass): Promise<boolean> {
    const found = this.#classes.get(event);
    if (found !== undefined) return found.isSatisfiable;
    const known: Known = {
      validator: createLibraryValidator<object>(event.eventClass, this.#options),
      properties: byProperty(event.keys),
      pleasing: new Map(),
      isSatisfiable: false,
    };
    this.#classes.set(event, known);
    for (const inner of new Set(event.keys.flatMap((key) => key.inner))) await this.find(inner);
    known.isSatisfiable = await this.#search(known);
    return known.isSatisfiable;
  }

  /** A valid input of a class of which there are some. */
  async draw(event: RandomClass): Promise<Input> {
    const known = this.#known(event);
    const gifts = new Map<string, Gift>();
    for (const [property, keys] of known.properties) {
      gifts.set(property, this.#random.chance(60) ? this.#pleasing(known, property) : this.#gift(keys));
    }
    const faults = await this.#faults(known, gifts);
    for (const property of faults ?? []) gifts.set(property, this.#pleasing(known, property));
    if (faults?.size !== 0 && (await this.#faults(known, gifts))?.size !== 0) {
      // What pleases here may not please there, where a rule looks at the whole input: the first ones do together.
      for (const property of known.properties.keys()) gifts.set(property, known.pleasing.get(property)?.[0]);
    }
    this.#remember(known, gifts);
    return inputOf(gifts);
  }

  /** Tries values until no property is at fault. */
  async #search(known: Known): Promise<boolean> {
    const rest = new Map([...known.properties].map(([property, keys]) => [property, this.#attempts(keys)]));
    const gifts = new Map<string, Gift>();
    const advance = (property: string): boolean => {
      const attempt = rest.get(property)?.shift();
      if (attempt === undefined) return false;
      gifts.set(property, attempt());
      return true;
    };
    for (const property of known.properties.keys()) advance(property);
    for (;;) {
      const faults = await this.#faults(known, gifts);
      if (faults === undefined) return false;
      if (faults.size === 0) break;
      for (const property of faults) if (!advance(property)) return false;
    }
    this.#remember(known, gifts);
    return true;
  }

  /** The values to try for a property, one after the other. */
  #attempts(keys: readonly RandomKey[]): (() => Gift)[] {
    const first = Array.from({ length: TRIED_AT_FIRST }, () => () => this.#gift(keys));
    const values = [...(keys[0]?.spare ?? []), ...OTHERS];
    const later = keys.flatMap(({ key }) => values.map((value) => () => ({ key, value })));
    return [...first, () => undefined, ...later];
  }

  #gift(keys: readonly RandomKey[]): Gift {
    const { key, good } = this.#random.pick(keys);
    return { key, value: good(this.#random, (inner) => this.#inside(inner)) };
  }

  /** An input for an object inside another. */
  #inside(event: RandomClass): Input {
    const known = this.#known(event);
    const gifts = [...known.properties.keys()].map((property) => [property, this.#pleasing(known, property)] as const);
    return inputOf(new Map(gifts));
  }

  #pleasing({ pleasing }: Known, property: string): Gift {
    const gifts = pleasing.get(property) ?? [];
    return gifts.length === 0 ? undefined : this.#random.pick(gifts);
  }

  #remember({ pleasing }: Known, gifts: ReadonlyMap<string, Gift>): void {
    for (const [property, gift] of gifts) {
      const remembered = pleasing.get(property) ?? [];
      if (remembered.length < REMEMBERED) remembered.push(gift);
      pleasing.set(property, remembered);
    }
  }

  #known(event: RandomClass): Known {
    const known = this.#classes.get(event);
    if (known === undefined) throw new Error('the class has not been looked at');
    return known;
  }

  /** The properties that are at fault; `undefined` where something else is, which no value of them can mend. */
  async #faults({ validator, properties }: Known, gifts: ReadonlyMap<string, Gift>): Promise<Set<string> | undefined> {
    const verdict = await validator.validate(copyOf(inputOf(gifts)));
    calls.length = 0;
    if (verdict.ok) return new Set();
    const faults = new Set<string>();
    for (const { path } of verdict.failures) {
      const property = [...properties.keys()]
        .filter((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`))
        .reduce<string | undefined>(
          (longest, name) => (name.length > (longest?.length ?? -1) ? name : longest),
          undefined,
        );
      if (property === undefined) return undefined;
      faults.add(property);
    }
    return faults;
  }
}

function byProperty(keys: readonly RandomKey[]): Map<string, RandomKey[]> {
  const properties = new Map<string, RandomKey[]>();
  for (const key of keys) properties.set(key.property, [...(properties.get(key.property) ?? []), key]);
  return properties;
}

function inputOf(gifts: ReadonlyMap<string, Gift>): Input {
  const input: Input = {};
  for (const gift of gifts.values()) if (gift !== undefined) input[gift.key] = gift.value;
  return input;
}
