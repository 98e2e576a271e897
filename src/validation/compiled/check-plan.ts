import type { MetadataStorage } from 'class-validator';
import type { InlineRule } from './inline-rules.js';

/** One decorator of class-validator, as it recorded itself. */
export type RuleMetadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];
/** What stands behind a decorator: the name of its rule, and the object that decides and words it. */
export type Constraint = ReturnType<MetadataStorage['getTargetValidatorConstraints']>[number];

/** One rule of one property. */
export interface Rule {
  readonly property: string;
  /** The name under which its failure is reported. */
  readonly type: string;
  readonly metadata: RuleMetadata;
  /** Absent for nested validation, which class-validator decides itself. */
  readonly constraint: Constraint | undefined;
  /** Proved to be class-validator's own: its default message depends on its arguments alone. */
  isOwn?: boolean;
  /** Its form as an expression, once looked for; `null`: it has none. */
  inline?: InlineRule | null;
  /** The message, where it is the same for all values, as long as the lists among the rule's arguments are. */
  wording?: { readonly words: string; readonly lists: string };
}

/** What is asked of one property, in class-validator's order. */
export interface PropertyChecks {
  readonly property: string;
  /** `IsOptional` and `ValidateIf`: all are asked, and all must agree. */
  readonly conditions: readonly RuleMetadata[];
  /** `IsDefined` before all others. */
  readonly rules: readonly Rule[];
  /** `ValidateNested`, several times at worst. */
  readonly nested: readonly RuleMetadata[];
}

/** What is asked of an instance of one class. */
export interface CheckPlan {
  readonly properties: readonly PropertyChecks[];
  /** Properties that are not unknown. */
  readonly allowed: readonly string[];
  /** No rule at all: class-validator refuses such an instance. */
  readonly empty: boolean;
  /** Why the class's rules cannot be compiled. */
  readonly obstacles: readonly string[];
}

/**
 * Reads the rules of a class as class-validator's `ValidationExecutor.execute` does: the same inheritance, groups,
 * grouping and order.
 */
export function planChecks(target: Function, groups: string[] | undefined, storage: MetadataStorage): CheckPlan {
  const metadatas = storage.getTargetValidationMetadatas(target, '', false, false, groups);
  const grouped = storage.groupByPropertyName(metadatas);
  const obstacles: string[] = [];
  for (const { type, propertyName } of metadatas) {
    if (typeof propertyName !== 'string') obstacles.push('a property named by a symbol');
    else if (propertyName === '__proto__') obstacles.push('a property named __proto__');
    else if (type === 'promiseValidation') obstacles.push(`${propertyName}: ValidatePromise`);
  }
  const allowed = Object.keys(grouped);
  return {
    properties: allowed.map((property) => checksOf(property, grouped[property] ?? [], storage)),
    allowed,
    empty: metadatas.length === 0,
    obstacles,
  };
}

function checksOf(property: string, metadatas: readonly RuleMetadata[], storage: MetadataStorage): PropertyChecks {
  const ofType = (type: string): RuleMetadata[] => metadatas.filter((metadata) => metadata.type === type);
  return {
    property,
    conditions: ofType('conditionalValidation'),
    rules: [...ofType('isDefined'), ...ofType('customValidation')].flatMap((metadata) =>
      storage
        .getTargetValidatorConstraints(metadata.constraintCls)
        .map((constraint) => ({ property, type: constraint.name || metadata.type, metadata, constraint })),
    ),
    nested: ofType('nestedValidation'),
  };
}
