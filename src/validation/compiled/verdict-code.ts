import type { Libraries } from '../libraries.js';
import type { CheckPlan, PropertyChecks, Rule } from './check-plan.js';
import { isOptionalRule } from './check-code.js';
import { inlineRuleOf } from './own-rule.js';
import type { ReadPlan } from './read-plan.js';
import { SourceWriter } from './source-writer.js';

export interface VerdictFacts {
  readonly plan: CheckPlan;
  readonly reads: ReadPlan['reads'];
  readonly libraries: Libraries;
  /** The class that a property's objects are expected to be of, where it is known. */
  readonly expectedClass: (property: string) => Function | undefined;
}

/**
 * Writes behind the reading of a property, whose value is `a`, whether all its rules hold: where one may not, the
 * statement `doubt` is carried out, and the rules are applied one by one afterwards, which then words what is wrong. So
 * an event that is valid, as most are, is looked at once and not twice.
 */
export type WriteVerdict = (property: string, doubt: string, writer: SourceWriter) => void;

/**
 * How the verdict of a class is written into the code that makes its instances; `undefined`: it cannot be, because rules
 * are the user's own, ask the instance, or stand on what is not read from the input.
 */
export function planVerdict({ plan, reads, libraries, expectedClass }: VerdictFacts): WriteVerdict | undefined {
  if (plan.empty || plan.obstacles.length > 0) return undefined;
  const read = new Set(reads.map(({ property }) => property));
  const byProperty = new Map(plan.properties.map((checks) => [checks.property, checks]));
  const isTellable = ({ property, conditions, rules, nested }: PropertyChecks): boolean =>
    read.has(property) &&
    conditions.every(isOptionalRule) &&
    rules.every((rule) => conditionOf(rule, 'a', libraries, new SourceWriter()) !== undefined) &&
    (nested.length === 0 || (nested.length === 1 && expectedClass(property) !== undefined));
  if (!plan.properties.every(isTellable)) return undefined;

  return (property, doubt, writer) => {
    const checks = byProperty.get(property);
    if (checks === undefined) return;
    const { conditions, rules, nested } = checks;
    if (conditions.length > 0) writer.line('if (a !== null && a !== undefined) {');
    const all = rules.filter(({ metadata }) => !metadata.each).map((rule) => conditionOf(rule, 'a', libraries, writer));
    if (all.length > 0) writer.line(`if (!(${all.map((condition) => `(${condition})`).join(' && ')})) ${doubt}`);
    for (const rule of rules) if (rule.metadata.each) writeEach(rule, libraries, doubt, writer);
    if (nested.length > 0) writeNested(writer.constant(expectedClass(property)), doubt, writer);
    if (conditions.length > 0) writer.line('}');
  };
}

/** An expression; `undefined` where the rule is not class-validator's own, or its arguments are not foreseen. */
function conditionOf(rule: Rule, value: string, libraries: Libraries, writer: SourceWriter): string | undefined {
  const { metadata, constraint } = rule;
  if (metadata.validateIf) return undefined;
  const { constraints } = metadata;
  return inlineRuleOf(rule, libraries)?.write(value, constraints ?? [], {
    constant: (given) => writer.constant(given),
    asks: (asked) => `${writer.constant(constraint?.instance)}.validate(${asked}, ${writer.constant({ constraints })})`,
  });
}

function writeEach(rule: Rule, libraries: Libraries, doubt: string, writer: SourceWriter): void {
  writer.line('if (Array.isArray(a)) {');
  writer.line('for (let i = 0; i < a.length; i++) { const x = a[i];');
  writer.line(`if (!(${conditionOf(rule, 'x', libraries, writer)})) { ${doubt} break; } }`);
  writer.line(`} else ${doubt}`);
}

/** The objects in it have been judged when they were made; what else stands in a list has raised doubt there. */
function writeNested(type: string, doubt: string, writer: SourceWriter): void {
  const isOther = `typeof a !== 'object' || a === null || a.constructor !== ${type}`;
  writer.line(`if (a !== undefined && !Array.isArray(a) && (${isOther})) ${doubt}`);
}
