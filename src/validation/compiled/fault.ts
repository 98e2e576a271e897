import type { FailedRule } from '../event-validator.js';
import type { Rule } from './check-plan.js';
import { messageOf } from './message.js';

/** A failed rule, not yet worded: of 100,000 failures 100 are told. */
export interface Failure {
  readonly rule: Rule;
  /** What class-validator calls the object of the rule. */
  readonly object: object;
  readonly value: unknown;
}

/** What is wrong with one property or element: class-validator's `ValidationError`, with less in it. */
export class Fault {
  /** By name of the rule, as there: a second one of that name takes the first one's place. */
  failures: Record<string, Failure | string> | undefined;
  children: Fault[] | undefined;

  constructor(
    /** `undefined`: the whole object is meant. */
    readonly property: string | undefined,
    /** The property is the index of an array or a Set. */
    readonly isIndex: boolean,
  ) {}

  /** Remembers a failed rule, or a message that needs no wording. */
  add(type: string, failure: Failure | string): void {
    this.failures ??= {};
    this.failures[type] = failure;
  }

  addChild(child: Fault): void {
    (this.children ??= []).push(child);
  }

  addChildren(children: readonly Fault[]): void {
    for (const child of children) this.addChild(child);
  }
}

/** Whether anything is wrong at all: asynchronous rules leave faults behind that may turn out to be none. */
export function hasFailure(faults: readonly Fault[]): boolean {
  return faults.some(({ failures, children }) => {
    return (
      (failures !== undefined && Object.keys(failures).length > 0) || (children !== undefined && hasFailure(children))
    );
  });
}

/** The tree as a list, as `failedRules` makes of class-validator's errors. */
export function listFailures(faults: readonly Fault[], maxErrors: number): readonly FailedRule[] {
  const list: FailedRule[] = [];
  collect(faults, '', list, maxErrors);
  return list;
}

function collect(faults: readonly Fault[], parent: string, list: FailedRule[], maxErrors: number): void {
  for (const { property, isIndex, failures, children } of faults) {
    if (list.length >= maxErrors) return;
    const path = pathOf(property, isIndex, parent);
    if (failures !== undefined) {
      for (const rule of Object.keys(failures)) {
        if (list.length >= maxErrors) return;
        const failure = failures[rule];
        if (failure === undefined) continue;
        list.push({ path, rule, message: typeof failure === 'string' ? failure : messageOf(failure) });
      }
    }
    if (children !== undefined) collect(children, path, list, maxErrors);
  }
}

function pathOf(property: string | undefined, isIndex: boolean, parent: string): string {
  if (property === undefined) return parent;
  if (isIndex) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}
