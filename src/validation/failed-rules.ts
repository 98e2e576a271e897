import type { ValidationError } from 'class-validator';
import type { FailedRule } from './event-validator.js';
import { messageWithoutValue, type RuleOwner } from './message-without-value.js';

/**
 * class-validator's tree of errors as a list, in its order: an error's own rules, then its children.
 * Paths are written `lines[0].quantity` for arrays and Sets, `prices.tea` for objects and Maps.
 *
 * @param maxErrors the list ends there: a body of 100,000 bad lines must not become an answer of that size.
 */
export function failedRules(errors: readonly ValidationError[], maxErrors: number): readonly FailedRule[] {
  const failures: FailedRule[] = [];
  collect(errors, '', undefined, failures, maxErrors);
  return failures;
}

function collect(
  errors: readonly ValidationError[],
  parent: string,
  parentOwner: RuleOwner | undefined,
  failures: FailedRule[],
  maxErrors: number,
): void {
  for (const error of errors) {
    if (failures.length >= maxErrors) return;
    const path = pathOf(error, parent);
    const owner = isCollection(error.target) ? parentOwner : ownerOf(error);
    // The library deletes `constraints` from errors that only have children, and `children` from unknown properties.
    for (const [rule, message] of Object.entries(error.constraints ?? {})) {
      if (failures.length >= maxErrors) return;
      // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- a message function may answer anything
      failures.push({ path, rule, message: messageWithoutValue(String(message), rule, error.value, owner) });
    }
    collect(error.children ?? [], path, owner, failures, maxErrors);
  }
}

function ownerOf({ target, property }: ValidationError): RuleOwner | undefined {
  return target === undefined ? undefined : { target, property };
}

/** An error of the whole object, such as `unknownValue`, has no property, whatever the library's types say. */
function pathOf({ target, property }: { target?: object; property?: string }, parent: string): string {
  if (property === undefined) return parent;
  if (Array.isArray(target) || target instanceof Set) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}

function isCollection(target: object | undefined): boolean {
  return Array.isArray(target) || target instanceof Set || target instanceof Map;
}
