import type { UnknownProperties } from '../event-validator.js';
import type { Libraries } from '../libraries.js';
import type { CheckPlan, PropertyChecks, Rule, RuleMetadata } from './check-plan.js';
import type { CompiledClass } from './compiled-class.js';
import { inlineRuleOf } from './own-rule.js';
import { fail, failElement, failInside, refuse, reject, type RuleRunner, strip } from './rule-runner.js';
import { quoted, SourceWriter } from './source-writer.js';

export interface CheckFacts {
  readonly plan: CheckPlan;
  readonly unknown: UnknownProperties;
  readonly runner: RuleRunner;
  readonly libraries: Libraries;
  /** The class that a property's objects are expected to be of, where it is known. */
  readonly expectedClass: (property: string) => Function | undefined;
  readonly classOf: (target: Function) => CompiledClass;
  /** Told when a function of the user's own will be called with the instance. */
  readonly onUserCode: () => void;
}

/**
 * Generates the function that applies a class's rules to an instance: in class-validator's order, each rule once, one
 * condition each for the rules that can be written so. Nothing is allocated as long as nothing fails.
 */
export function generateCheck(facts: CheckFacts): CompiledClass['check'] {
  const { plan, unknown } = facts;
  if (plan.empty) return refuse;
  const writer = new SourceWriter();
  writer.line('let e, n, a;');
  if (unknown !== 'keep') {
    const clean = writer.constant(unknown === 'strip' ? strip : reject);
    writer.line(`if (d) e = ${clean}(o, ${writer.constant(new Set(plan.allowed))});`);
  }
  for (const checks of plan.properties) writeProperty(checks, facts, writer);
  writer.line('return e;');
  return writer.build('check', 'o, d') as CompiledClass['check']; // what the lines above make it
}

function writeProperty(checks: PropertyChecks, facts: CheckFacts, writer: SourceWriter): void {
  const { property, conditions, rules, nested } = checks;
  if (conditions.length === 0 && rules.length === 0 && nested.length === 0) return;
  writer.line(`a = o[${quoted(property)}]; n = undefined;`);
  const closing = writeConditions(conditions, facts, writer);
  for (const rule of rules) writeRule(rule, facts, writer);
  if (nested.length > 0) writeNested(checks, facts, writer);
  writer.line(closing);
  writer.line('if (n !== undefined) { if (e === undefined) e = [n]; else e.push(n); }');
}

function writeConditions(conditions: readonly RuleMetadata[], facts: CheckFacts, writer: SourceWriter): string {
  const [first] = conditions;
  if (first === undefined) return '';
  if (conditions.every(isOptionalRule)) {
    writer.line('if (a !== null && a !== undefined) {');
    return '}';
  }
  facts.onUserCode();
  // All are asked, whatever the others say.
  writer.line('{ let c = true, t;');
  for (const condition of conditions) {
    const asked = isOptionalRule(condition)
      ? 'a !== null && a !== undefined'
      : `${writer.constant(condition.constraints)}[0](o, a)`;
    writer.line(`t = ${asked}; c = c && t;`);
  }
  writer.line('if (c) {');
  return '}}';
}

/** `ValidateIf` gives its conditions no name. */
export function isOptionalRule({ name }: RuleMetadata): boolean {
  return name === 'isOptional';
}

function writeRule(rule: Rule, facts: CheckFacts, writer: SourceWriter): void {
  const { metadata, constraint } = rule;
  const r = writer.constant(rule);
  if (metadata.validateIf || typeof metadata.message === 'function') facts.onUserCode();
  if (metadata.validateIf) writer.line(`if (${writer.constant(metadata)}.validateIf(o, a))`);
  const inline = inlineRuleOf(rule, facts.libraries);
  const { constraints } = metadata;
  rule.isOwn = inline !== undefined;
  const asks = (value: string): string =>
    `${writer.constant(constraint?.instance)}.validate(${value}, ${writer.constant({ constraints })})`;
  const write = (value: string): string | undefined =>
    inline?.write(value, constraints ?? [], { constant: (given) => writer.constant(given), asks });
  const condition = write('a');
  if (condition === undefined) {
    facts.onUserCode();
    writer.line(`n = ${writer.constant(facts.runner)}.call(n, ${r}, o, a);`);
    return;
  }
  const failure = `n = ${writer.constant(fail)}(n, ${r}, o, a);`;
  if (!metadata.each) {
    writer.line(`if (!(${condition})) ${failure}`);
    return;
  }
  writer.line('if (Array.isArray(a)) {');
  writer.line(`for (let i = 0; i < a.length; i++) { const x = a[i];`);
  // A hole is passed over, as by the library.
  writer.line(`if (!(${write('x')}) && i in a) { ${failure} break; } }`);
  writer.line(
    `} else if (a instanceof Set || a instanceof Map) n = ${writer.constant(facts.runner)}.call(n, ${r}, o, a);`,
  );
  writer.line(`else if (!(${condition})) ${failure}`);
}

function writeNested({ property, nested }: PropertyChecks, facts: CheckFacts, writer: SourceWriter): void {
  const name = quoted(property);
  const runner = writer.constant(facts.runner);
  const metadatas = writer.constant(nested);
  const expected = facts.expectedClass(property);
  if (expected === undefined || nested.length > 1) {
    writer.line(`n = ${runner}.nested(n, ${name}, ${metadatas}, a, d);`);
    return;
  }
  const type = writer.constant(expected);
  const compiled = facts.classOf(expected);
  const check = compiled.isReady ? writer.constant(compiled.check) : `${writer.constant(compiled)}.check`;
  const isExpected = (value: string): string =>
    `typeof ${value} === 'object' && ${value} !== null && ${value}.constructor === ${type}`;
  writer.line('if (Array.isArray(a)) {');
  writer.line('for (let i = 0; i < a.length; i++) { const x = a[i];');
  writer.line(`if (${isExpected('x')}) { const c = ${check}(x, d);`);
  writer.line(`if (c !== undefined) n = ${writer.constant(failElement)}(n, ${name}, i, c); }`);
  writer.line(`else n = ${runner}.element(n, ${name}, ${metadatas}, x, i, true, d); }`);
  writer.line(`} else if (${isExpected('a')}) { const c = ${check}(a, d);`);
  writer.line(`if (c !== undefined) n = ${writer.constant(failInside)}(n, ${name}, c); }`);
  writer.line(`else n = ${runner}.nested(n, ${name}, ${metadatas}, a, d);`);
}
