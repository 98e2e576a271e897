import type { ValidationArguments } from 'class-validator';
import { validatorStorage } from './libraries.js';

/** The class instance and property on which the rule of an error was declared. */
export interface RuleOwner {
  readonly target: object;
  readonly property: string;
}

/** What stands in a message where its author asked for the rejected value. */
export const THE_VALUE = 'the value';

/**
 * The message of a failed rule with its `$value` token left unfilled: an answer must not show the rejected value, which
 * may be a password or another user's input. A value that a message function puts in by itself cannot be told from the
 * rest of its text and stays: that function is the author's own word.
 *
 * class-validator fills the tokens before anyone sees the message, so it is made again here from the rule's template;
 * this is only done for messages that hold the value's text at all.
 */
export function messageWithoutValue(
  message: string,
  rule: string,
  value: unknown,
  owner: RuleOwner | undefined,
): string {
  // The library fills the token for these types only.
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return message;
  if (owner === undefined || value === '') return message;
  // A value with a dollar is read as a replacement pattern by the library, and so may stand there in another form.
  const text = String(value);
  if (!message.includes(text) && !text.includes('$')) return message;
  for (const { template, args } of templatesOf(rule, value, owner)) {
    if (template.includes('$value') && fill(template, args, String(value)) === message) {
      return fill(template, args, THE_VALUE);
    }
  }
  return message;
}

interface Template {
  readonly template: string;
  readonly args: ValidationArguments;
}

/** The messages that the named rule may have made, before their tokens were filled. */
function templatesOf(rule: string, value: unknown, { target, property }: RuleOwner): readonly Template[] {
  const storage = validatorStorage();
  const templates: Template[] = [];
  const metadatas = storage?.getTargetValidationMetadatas(target.constructor, '', false, false) ?? [];
  for (const metadata of metadatas) {
    if (metadata.propertyName !== property) continue;
    const [constraint] = storage?.getTargetValidatorConstraints(metadata.constraintCls) ?? [];
    if ((constraint?.name ?? metadata.type) !== rule) continue;
    const args = {
      // Of nested validation, the library takes the class itself for the rule's object.
      targetName: metadata.type === 'nestedValidation' ? Function.name : target.constructor.name,
      property,
      object: target,
      value,
      constraints: metadata.constraints,
    };
    const template =
      typeof metadata.message === 'function'
        ? metadata.message(args)
        : metadata.message || defaultMessage(constraint, args);
    if (typeof template === 'string') templates.push({ template, args });
  }
  return templates;
}

function defaultMessage(
  constraint: { instance: { defaultMessage?: (args: ValidationArguments) => string } } | undefined,
  args: ValidationArguments,
): string | undefined {
  return constraint?.instance.defaultMessage?.(args);
}

/** As class-validator's replaceMessageSpecialTokens, with a chosen text for the value. */
function fill(template: string, { constraints, property, targetName }: ValidationArguments, value: string): string {
  let filled = template;
  // Rules without arguments have no constraints, whatever the library's types say.
  const list: unknown = constraints;
  if (Array.isArray(list)) {
    list.forEach((constraint: unknown, index) => {
      filled = filled.replace(new RegExp(`\\$constraint${index + 1}`, 'g'), constraintText(constraint));
    });
  }
  return filled
    .replace(/\$value/g, value)
    .replace(/\$property/g, property)
    .replace(/\$target/g, targetName);
}

function constraintText(constraint: unknown): string {
  if (Array.isArray(constraint)) return constraint.join(', ');
  return typeof constraint === 'symbol' ? (constraint.description ?? '') : String(constraint);
}
