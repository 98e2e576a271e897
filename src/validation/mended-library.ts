import type { MetadataStorage } from 'class-validator';

// Four built-in rules of class-validator 0.15 throw on some input instead of judging it. Where a rule throws,
// `validate` leaves the promises of asynchronous rules behind, whose rejection would then end the process; so these are
// mended where they stand rather than caught afterwards.
const THROWING_RULES: Readonly<Record<string, ThrowingRule>> = {
  // A lone surrogate: encodeURI of validator.js' isByteLength.
  isEmail: { fault: URIError, instead: refuse },
  isByteLength: { fault: URIError, instead: refuse },
  // `maxDecimalPlaces` with a number written with an exponent, such as 1e-7.
  isNumber: { fault: TypeError, instead: refuse },
  // An object without a prototype, such as `querystring.parse` makes: it has no `hasOwnProperty` to be called.
  isNotEmptyObject: { fault: TypeError, instead: (value) => Object.keys(Object(value)).length > 0 },
};

interface ThrowingRule {
  readonly fault: new () => Error;
  /** The answer where the rule has thrown that. */
  readonly instead: (value: unknown) => boolean;
}
interface Rule {
  validate(value: unknown, args: unknown): unknown;
}
interface RuleMetadata {
  readonly target: { readonly prototype: Rule };
  readonly name?: string;
}

const mendedStorages = new WeakSet<MetadataStorage>();
const mendedClasses = new WeakSet<object>();
let rulesSeen = -1;

/**
 * Mends what class-validator must not do to a server: rules that throw on some input judge it, and `whitelist` no
 * longer lets names of Object.prototype (`hasOwnProperty`, `isPrototypeOf`) through. What it accepts is unchanged.
 * Called before each validation, since classes may be decorated at any time; without new ones it costs a comparison.
 */
export function mendLibrary(storage: MetadataStorage): void {
  mendGrouping(storage);
  // Not public: without this field (another version) the rules stay as they are.
  const rules = Reflect.get(storage, 'constraintMetadatas') as Map<unknown, readonly RuleMetadata[]> | undefined;
  if (rules === undefined || rules.size === rulesSeen) return;
  rulesSeen = rules.size;
  for (const list of rules.values()) for (const rule of list) mendRule(rule);
}

function mendRule({ name, target }: RuleMetadata): void {
  if (name === undefined || !Object.hasOwn(THROWING_RULES, name) || mendedClasses.has(target)) return;
  mendedClasses.add(target);
  const known = THROWING_RULES[name];
  // oxlint-disable-next-line typescript/unbound-method -- called below with its own `this`
  const { validate } = target.prototype;
  if (known === undefined || typeof validate !== 'function') return;
  target.prototype.validate = function mended(this: Rule, value: unknown, args: unknown): unknown {
    try {
      return validate.call(this, value, args);
    } catch (thrown) {
      if (thrown instanceof known.fault) return known.instead(value);
      throw thrown;
    }
  };
}

function refuse(): boolean {
  return false;
}

/** The library groups rules in a plain object, where `grouped['hasOwnProperty']` is found without any rule. */
function mendGrouping(storage: MetadataStorage): void {
  if (mendedStorages.has(storage)) return;
  mendedStorages.add(storage);
  storage.groupByPropertyName = (rules) => {
    // Without a prototype, and with nothing but lists of rules in it: what the return type says.
    const grouped = Object.create(null) as ReturnType<MetadataStorage['groupByPropertyName']>;
    for (const rule of rules) (grouped[rule.propertyName] ??= []).push(rule);
    return grouped;
  };
}
