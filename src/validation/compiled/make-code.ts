import type { EventClass, UnknownProperties } from '../event-validator.js';
import type { CompiledClass } from './compiled-class.js';
import type { PropertyRead, ReadPlan } from './read-plan.js';
import type { Rebuilder } from './rebuilder.js';
import { dateOf } from './quick-date.js';
import { quoted, SourceWriter } from './source-writer.js';
import type { WriteVerdict } from './verdict-code.js';

export interface MakeFacts {
  readonly eventClass: EventClass;
  readonly plan: ReadPlan;
  /** Properties with a rule of class-validator. */
  readonly allowed: readonly string[];
  /** Of these, the ones whose objects are validated too. */
  readonly nested: readonly string[];
  readonly unknown: UnknownProperties;
  /** Unknown properties are copied, though they will be stripped. */
  readonly isWhole: boolean;
  /** How it is told in passing whether the rules hold, where it can be. */
  readonly verdict: WriteVerdict | undefined;
  readonly rebuilder: Rebuilder;
  readonly classOf: (target: Function) => CompiledClass;
}

/**
 * Generates the function from plain input to an instance: one straight-line read for each property, since that is twice
 * as fast as a loop over the input's keys. An input in which the order of keys matters is given to the library.
 */
export function generateMake(facts: MakeFacts): CompiledClass['make'] {
  const { eventClass, plan, allowed, unknown, rebuilder } = facts;
  const writer = new SourceWriter();
  const r = writer.constant(rebuilder);
  const target = writer.constant(eventClass);
  const doubtful = plan.doubtful.map((key) => ` || ${quoted(key)} in v`).join('');
  const hasFields = !startsEmpty(eventClass, allowed);
  const verdict = hasFields ? undefined : facts.verdict;
  const doubt = `${r}.doubtful = true;`;
  if (verdict === undefined) writer.line(doubt);
  writer.line(`if (typeof v.then === 'function'${doubtful}) return ${r}.library(v, ${target}, false);`);
  // With an unruled property in the input, the order of failures is that of the input's keys.
  const isStrict = unknown === 'reject';
  const unruled = plan.reads.filter(({ property }) => !allowed.includes(property));
  if (isStrict && unruled.length > 0) {
    const found = unruled.map(({ key, always }) => (always ? 'true' : `${quoted(key)} in v`)).join(' || ');
    writer.line(`if (${found}) return ${r}.library(v, ${target}, false);`);
  }
  writer.line(`const o = new ${target}();`);
  if (hasFields) {
    writer.line(
      `if (${writer.constant(isSuspect)}(o, ${target}, ${writer.constant(suspectsOf(facts))})) ${r}.dirty = true;`,
    );
  }
  const counts = plan.copiesUnknown && (facts.isWhole || unknown !== 'strip');
  writer.line('let a, n = 0;');
  for (const read of plan.reads) {
    writeRead(read, facts, writer, { hasFields, counts });
    verdict?.(read.property, doubt, writer);
  }
  if (counts) {
    const copy = writer.constant(copyUnknown);
    const known = writer.constant(new Set(plan.known));
    writer.line(`if (n !== Object.keys(v).length) ${copy}(v, o, ${known}, ${target}, ${r});`);
  }
  writer.line('return o;');
  return writer.build('make', 'v') as CompiledClass['make']; // what the lines above make it
}

function writeRead(
  { key, property, always, type, transforms }: PropertyRead,
  facts: MakeFacts,
  writer: SourceWriter,
  { hasFields, counts }: { hasFields: boolean; counts: boolean },
): void {
  const name = quoted(property);
  writer.line(`a = v[${quoted(key)}];`);
  if (!always) writer.line(`if (a !== undefined || ${quoted(key)} in v) {${counts ? ' n++;' : ''}`);
  else writer.line(counts ? `{ if (${quoted(key)} in v) n++;` : '{');
  // The library keeps a field that holds a function.
  if (hasFields) writer.line(`if (!(o[${name}] instanceof Function)) {`);
  if (type === undefined) writeUntyped(facts, writer);
  else writeTyped(type, property, facts, writer);
  if (transforms.length > 0) {
    const r = writer.constant(facts.rebuilder);
    for (const transform of transforms) {
      const call = `${writer.constant(transform)}.transformFn`;
      writer.line(`a = ${call}({ value: a, key: ${name}, obj: v, type: 0, options: ${r}.options });`);
    }
    // What a function has made may be of any class and hold anything.
    writer.line(`if (typeof a === 'object' && a !== null) ${r}.dirty = true;`);
  }
  writer.line(`o[${name}] = a;`);
  // It is only made because making it may fail, as in the library.
  if (!facts.allowed.includes(property)) writer.line(`${writer.constant(facts.rebuilder)}.dirty = true;`);
  writer.line(hasFields ? '}}' : '}');
}

function writeUntyped({ rebuilder }: MakeFacts, writer: SourceWriter): void {
  writer.line(`if (typeof a === 'object' && a !== null) a = ${writer.constant(rebuilder)}.untyped(a);`);
}

function writeTyped(
  type: Required<PropertyRead>['type'] & object,
  property: string,
  facts: MakeFacts,
  writer: SourceWriter,
): void {
  const r = writer.constant(facts.rebuilder);
  const metadata = writer.constant(type);
  const help = `{ newObject: o, object: v, property: ${quoted(property)} }`;
  const { discriminator } = type.options ?? {};
  if (discriminator?.property && discriminator.subTypes) {
    writer.line(`a = ${r}.discriminated(${metadata}, o, v, ${quoted(property)}, a);`);
    return;
  }
  const list = writer.constant(type.reflectedType);
  const isMap = (type.reflectedType as unknown) === Map;
  const answer = constantAnswerOf(type.typeFunction);
  if (answer === undefined || isMap) {
    writer.line(`a = ${r}.typed(a, ${metadata}.typeFunction(${help}), ${list}, a instanceof Map || ${isMap});`);
    return;
  }
  // The function is still asked each time, which costs next to nothing: its answer may change.
  writer.line(`const t = ${metadata}.typeFunction();`);
  const expected = writer.constant(answer);
  writer.line(`if (t !== ${expected}) { ${r}.doubtful = true; a = ${r}.typed(a, t, ${list}, a instanceof Map); }`);
  writeExpected(answer, property, list, facts, writer);
}

/** Code for a value whose type is the one that was found when compiling. */
function writeExpected(type: unknown, property: string, list: string, facts: MakeFacts, writer: SourceWriter): void {
  const generic = `a = ${writer.constant(facts.rebuilder)}.typed(a, t, ${list}, a instanceof Map);`;
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) {
    writer.line(`else if (typeof a === 'object') { if (a !== null) ${generic} }`);
    writer.line(`else if (a !== undefined) a = ${scalar.replace('$dateOf', writer.constant(dateOf))};`);
    return;
  }
  if (typeof type !== 'function') {
    writer.line(`else ${generic}`);
    return;
  }
  const make = makerOf(facts.classOf(type), property, facts, writer);
  const isPlain = (name: string): string => `(p = Object.getPrototypeOf(${name})) === ${PLAIN} || p === null`;
  const PLAIN = writer.constant(Object.prototype);
  writer.line(`else if (typeof a === 'object' && a !== null) { let p;`);
  writer.line(`if (Array.isArray(a) && (${list} === Array || ${list} === undefined || ${list} === Object)) {`);
  writer.line('const s = a; a = [];');
  writer.line('for (let i = 0; i < s.length; i++) { const x = s[i];');
  writer.line("if (typeof x !== 'object' || x === null) { if (x !== undefined || i in s) a.push(x);");
  writer.line(`${writer.constant(facts.rebuilder)}.doubtful = true; }`);
  writer.line(`else if (${isPlain('x')}) a.push(${make}(x));`);
  writer.line(`else a.push(${writer.constant(facts.rebuilder)}.typed(x, t, undefined, x instanceof Map)); }`);
  writer.line(`} else if (${isPlain('a')}) a = ${make}(a);`);
  writer.line(`else ${generic} }`);
}

/** An expression for the function that makes a property's objects: only what is validated is ever stripped. */
function makerOf(compiled: CompiledClass, property: string, facts: MakeFacts, writer: SourceWriter): string {
  if (facts.unknown === 'strip' && (facts.isWhole || !facts.nested.includes(property))) {
    return `${writer.constant(compiled)}.makeWhole`;
  }
  return compiled.isReady ? writer.constant(compiled.make) : `${writer.constant(compiled)}.make`;
}

const SCALARS = new Map<unknown, string>([
  [String, 'String(a)'],
  [Number, 'Number(a)'],
  [Boolean, 'Boolean(a)'],
  [Date, "typeof a === 'string' ? $dateOf(a) : new Date(a)"],
]);

/** What a function without parameters answers now; `undefined` where it has some, or cannot answer yet. */
function constantAnswerOf(typeFunction: () => unknown): unknown {
  // Arrow functions have no `arguments` of their own, so these cannot tell how they are called.
  if (!/^\(\)\s*=>/.test(String(typeFunction))) return undefined;
  try {
    return typeFunction();
  } catch {
    // A class that is not there yet: asked again with each value, as the library does.
    return undefined;
  }
}

/** Whether instances surely start without any field that matters: only then need they not be looked at. */
function startsEmpty(eventClass: EventClass, allowed: readonly string[]): boolean {
  for (
    let owner: unknown = eventClass;
    typeof owner === 'function' && owner !== NO_CLASS;
    owner = Object.getPrototypeOf(owner)
  ) {
    const body = /^class\b[^{]*\{([^]*)\}$/.exec(String(owner))?.[1]?.replace(NAMING, '');
    if (body === undefined) return false;
    const fields = body.split(';').map((field) => field.trim());
    if (fields.pop() !== '' || !fields.every((field) => allowed.includes(field))) return false;
  }
  return true;
}

/** What bundlers put into a class, so that it keeps its name. */
const NAMING = /^\s*static\s*\{\s*[\w$]+\(\s*this\s*,\s*"[^"\\]*"\s*\)\s*;?\s*\}/;
const NO_CLASS: unknown = Function.prototype;

interface Suspects {
  readonly allowed: ReadonlySet<string>;
  readonly nested: ReadonlySet<string>;
}

function suspectsOf({ allowed, nested }: MakeFacts): Suspects {
  return { allowed: new Set(allowed), nested: new Set(nested) };
}

/** Whether a new instance has unknown properties, or objects which may have some. */
function isSuspect(instance: object, eventClass: EventClass, { allowed, nested }: Suspects): boolean {
  if (Object.getPrototypeOf(instance) !== eventClass.prototype) return true;
  return Object.keys(instance).some((key) => !allowed.has(key) || nested.has(key));
}

/** Copies what no plan knows, as the library does: not onto methods, nor over functions. */
function copyUnknown(
  value: Record<string, unknown>,
  instance: Record<string, unknown>,
  known: ReadonlySet<string>,
  eventClass: EventClass,
  rebuilder: Rebuilder,
): void {
  for (const key of Object.keys(value)) {
    if (known.has(key) || key === '__proto__' || key === 'constructor') continue;
    const fixed = Object.getOwnPropertyDescriptor(eventClass.prototype, key);
    if ((fixed !== undefined && fixed.set === undefined) || typeof instance[key] === 'function') continue;
    instance[key] = rebuilder.untyped(value[key]);
    rebuilder.dirty = true;
  }
}
