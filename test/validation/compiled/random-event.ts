import 'reflect-metadata';
import * as T from 'class-transformer';
import * as V from 'class-validator';
import type { EventClass } from '#src/validation/event-validator.js';
import { HOSTILE } from './hostile-values.js';
import { Asked, calls, KINDS, Point } from './random-rules.js';
import type { Random } from './random.js';

/** A class together with what is needed to make inputs for it. */
export interface RandomClass {
  readonly eventClass: EventClass;
  readonly keys: readonly RandomKey[];
  /** Most inputs are valid. */
  readonly isCalm: boolean;
  readonly source: string;
  /** This class and those inside it. */
  readonly eventClasses: EventClass[];
  /** What stands on each property. */
  readonly told: readonly string[];
}
/** A key of the input and the property that it fills. */
export interface RandomKey {
  readonly key: string;
  readonly property: string;
  /** A value that pleases most of the property's rules. Objects in it are made by `inputOf`. */
  readonly good: (g: Random, inputOf: InputOf) => unknown;
  /** Other values of its kind. */
  readonly spare: readonly unknown[];
  /** The classes of its objects. */
  readonly inner: readonly RandomClass[];
}
/** Makes an input for a class. */
export type InputOf = (event: RandomClass) => Record<string, unknown>;

const NAMES = ['a', 'b', 'c', 'two words', 'quote"\\', 'd\u2028', 'length', 'name', 'then', '7'];
/** Groups to validate with. */
export const GROUPS: readonly (string[] | undefined)[] = [undefined, undefined, undefined, ['small'], ['other'], []];

function ruleOptions(g: Random): V.ValidationOptions {
  if (!g.chance(30)) return {};
  const options: V.ValidationOptions = {};
  if (g.chance(30)) options.each = true;
  if (g.chance(30)) options.groups = g.pick([['small'], ['other', 'small'], []]);
  if (g.chance(20)) options.always = g.pick([true, false]);
  if (g.chance(20)) options.message = (args) => `${args.targetName}.${args.property} $property`;
  if (g.chance(20)) options.message = g.pick(['$property $value $target $constraint1', 'no', '$constraint2']);
  if (g.chance(20)) {
    options.validateIf = (object: object, value) => {
      calls.push(['validateIf', Object.keys(object).length, value]);
      return value !== 2;
    };
  }
  if (g.chance(10)) options.context = { code: 1 };
  return options;
}

/** A random class, whose properties may be of other random classes. */
export function randomClass(g: Random, depth: number, isCalm = g.chance(80)): RandomClass {
  const parent = depth > 0 && g.chance(20) ? randomClass(g, 0, isCalm) : undefined;
  const names = g.some(NAMES, 4);
  const eventClass = declareClass(g, names, parent?.eventClass);
  const eventClasses = [eventClass, ...(parent?.eventClasses ?? [])];
  const keys: RandomKey[] = [...(parent?.keys ?? [])];
  for (const name of names) keys.push(...decorate(g, eventClasses, name, depth, isCalm));
  if (g.chance(3)) T.Exclude()(eventClass);
  if (g.chance(3)) T.Expose()(eventClass);
  return { eventClass, eventClasses, keys, isCalm, source: String(eventClass), told: rulesOf(eventClass) };
}

/** What a field may start with. */
class Nested {
  x = 1;
  y = { z: 1 };
}
V.IsInt()(Nested.prototype, 'x');

/** Two instances with a function each are only equal if it is the same. */
function same(): void {
  // never called
}

function declareClass(g: Random, names: readonly string[], parent: EventClass | undefined): EventClass {
  const members: string[] = [];
  if (g.chance(25)) {
    for (const name of [...names, 'extra']) {
      const quoted = JSON.stringify(name);
      const form = g.pick([
        '',
        '',
        '',
        ';',
        ' = 1;',
        ' = "abc";',
        ' = same;',
        ' = new Nested();',
        '(){}',
        'get',
        'set',
      ]);
      if (form === 'get') members.push(`get ${quoted}() { return 'abc'; }`);
      else if (form === 'set') members.push(`set ${quoted}(value) { this.kept = value; }`);
      else if (form !== '') members.push(`${quoted}${form}`);
    }
  }
  const heritage = parent === undefined ? '' : ' extends Parent';
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the text of a class matters to the compiler
  const make = new Function('Parent', 'Nested', 'same', `return class Event${heritage} {\n${members.join('\n')}\n}`);
  return make(parent, Nested, same) as EventClass;
}

/** Values for a property that holds objects of its own class, where none of these pleases. */
const INSTEAD_OF_OBJECTS: readonly unknown[] = [undefined, [], null, {}, 'abc', 1];

function decorate(g: Random, eventClasses: EventClass[], name: string, depth: number, isCalm: boolean): RandomKey[] {
  const decorators: PropertyDecorator[] = [];
  let keys: string[] = [name];
  let good: RandomKey['good'];
  let spare = INSTEAD_OF_OBJECTS;
  const classes: RandomClass[] = [];
  const kind = g.pick(KINDS);
  const isNested = depth > 0 && g.chance(45);
  if (isNested) {
    const inner = randomClass(g, depth - 1, isCalm);
    const other = g.chance(15) ? randomClass(g, depth - 1, isCalm) : undefined;
    classes.push(inner, ...(other === undefined ? [] : [other]));
    eventClasses.push(...classes.flatMap((nested) => nested.eventClasses));
    good = decorateNested(g, decorators, inner, other);
  } else {
    const [calmRules, calmValues] = isCalm ? kind.calm : [kind.rules.length, kind.good.length];
    const values = kind.good.slice(0, calmValues);
    good = (generate) => generate.pick(values);
    spare = kind.good;
    for (let count = isCalm ? 1 + g.below(3) : g.below(4); count > 0; count--) {
      decorators.push(g.pick(kind.rules.slice(0, calmRules))(isCalm ? {} : ruleOptions(g)));
    }
    if (isCalm ? kind.type !== undefined : g.chance(25)) {
      decorators.push(
        T.Type(kind.type ?? g.pick([() => Number, () => String, () => Boolean, () => Date, () => Object])),
      );
    }
    decorators.push(Reflect.metadata('design:type', g.pick([Object, Array, String, Set, Map, Promise, undefined])));
  }
  if (g.chance(30)) decorators.push(V.IsOptional(isCalm ? {} : ruleOptions(g)));
  for (let count = g.chance(10) ? 1 + g.below(2) : 0; count > 0; count--) {
    decorators.push(randomCondition(g));
  }
  if (g.chance(10)) {
    const exposed = g.pick([
      {},
      { name: 'other_name' },
      { groups: ['small'] },
      { toPlainOnly: true, name: 'out' },
      { name: 'b' },
    ]);
    decorators.push(T.Expose(exposed));
    keys = [name, ...('name' in exposed && exposed.name !== undefined ? [exposed.name] : [])];
  }
  if (g.chance(5)) decorators.push(T.Exclude(g.pick([{}, { toPlainOnly: true }])));
  if (g.chance(isCalm ? 5 : 15)) {
    decorators.push(randomTransform(g));
    if (g.chance(40)) decorators.push(randomTransform(g));
  }
  // A decorator's order is that of a source text: the lowest runs first.
  for (const decorator of decorators.toReversed()) decorator(eventClasses[0]?.prototype as object, name);
  return keys.map((key) => ({ key, property: name, good, spare, inner: classes }));
}

function randomCondition(g: Random): PropertyDecorator {
  const refused = g.pick([1, 'abc', undefined]);
  const condition = (object: object, value: unknown): boolean => {
    calls.push(['ValidateIf', Object.keys(object).length, value, refused]);
    return value !== refused;
  };
  return V.ValidateIf(condition, ruleOptions(g));
}

function randomTransform(g: Random): PropertyDecorator {
  const transform = g.pick([
    ({ value }: T.TransformFnParams): unknown => (typeof value === 'string' ? value.trim() : value),
    ({ value, obj, key }: T.TransformFnParams): unknown =>
      value === undefined ? Object.keys(obj as object).length : [value, key],
    ({ value }: T.TransformFnParams): unknown => {
      if (value === 'taken') throw new RangeError('no');
      return value as unknown;
    },
    ({ options, type }: T.TransformFnParams): unknown => ({ ...options, type }),
    (): unknown => Object.assign(new Point(), { x: 'unknown', more: 1 }),
    (): unknown => Object.assign(new Nested(), { more: 1 }),
    (): unknown => [
      Object.assign(new Nested(), { x: 'no', more: 1 }),
      Object.assign(Object.create(null) as object, { x: 1 }),
    ],
  ]);
  return T.Transform(transform, g.pick([{}, {}, { groups: ['small'] }, { toPlainOnly: true }]));
}

function decorateNested(
  g: Random,
  decorators: PropertyDecorator[],
  inner: RandomClass,
  other: RandomClass | undefined,
): RandomKey['good'] {
  const { isCalm } = inner;
  if (g.chance(8)) decorators.push(V.Allow());
  else
    decorators.push(V.ValidateNested({ ...(isCalm ? {} : ruleOptions(g)), ...(g.chance(30) ? { each: true } : {}) }));
  if (g.chance(5)) decorators.push(V.ValidateNested());
  const list = g.pick([false, true, true]);
  if (g.chance(20) && (list || !isCalm)) decorators.push(V.IsArray());
  if (g.chance(20)) decorators.push(V.IsDefined());
  if (g.chance(10)) decorators.push(V.Validate(Asked));
  const declared = list ? g.pick([Array, Array, Set, Object, undefined]) : g.pick([inner.eventClass, Object, Map]);
  if (other !== undefined) {
    const subTypes = [
      { value: inner.eventClass, name: 'inner' },
      { value: other.eventClass, name: 'other' },
    ];
    const keep = g.chance(50);
    decorators.push(
      T.Type(() => Object, { discriminator: { property: 'kind', subTypes }, keepDiscriminatorProperty: keep }),
    );
  } else if (!g.chance(10)) {
    decorators.push(
      T.Type(
        g.pick([
          () => inner.eventClass,
          () => inner.eventClass,
          (help?: T.TypeHelpOptions) => (Object.keys(help?.object ?? {}).length > 2 ? Point : inner.eventClass),
        ]),
      ),
    );
  }
  decorators.push(Reflect.metadata('design:type', declared));
  return (generate, inputOf) => {
    const one = (): unknown => {
      const isOther = other !== undefined && generate.chance(50);
      const value = inputOf(isOther ? other : inner);
      if (other === undefined) return value;
      return { ...value, ...(generate.chance(80) ? { kind: isOther ? 'other' : 'inner' } : {}) };
    };
    const element = (): unknown => (generate.chance(isCalm ? 3 : 15) ? generate.pick(HOSTILE)() : one());
    if (!list) return generate.chance(10) ? [one()] : one();
    const length = generate.below(4);
    const items = Array.from({ length }, element);
    return generate.chance(5) ? [items] : items;
  };
}

/** An input for a class: half of its values please the rules. */
export function inputFor(g: Random, { keys, isCalm }: RandomClass): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const hostile = isCalm ? 3 : 12;
  for (const { key, good } of keys) {
    if (g.chance(hostile)) continue;
    const value = g.chance(hostile) ? g.pick(HOSTILE)() : good(g, (event) => inputFor(g, event));
    // The library is shown a function in place of such a value; under the name `then` it would take that for a promise.
    if (key !== 'then' || !(value instanceof Point)) input[key] = value;
  }
  if (g.chance(hostile)) input['unknown'] = g.pick([1, 'a', null, { deep: [1] }]);
  if (g.chance(hostile)) input['extra'] = g.pick([1, [2]]);
  if (g.chance(3)) Object.defineProperty(input, '__proto__', { value: { a: 1 }, enumerable: true, configurable: true });
  if (g.chance(3)) input['hasOwnProperty'] = 1;
  return input;
}

function rulesOf(eventClass: EventClass): string[] {
  return V.getMetadataStorage()
    .getTargetValidationMetadatas(eventClass, '', false, false)
    .map(({ propertyName, name, type, each, groups, always }) => {
      return `${propertyName}: ${name ?? type} ${JSON.stringify({ each, groups, always })}`;
    });
}
