import type { ValidationArguments } from 'class-validator';
import { THE_VALUE } from '../message-without-value.js';
import type { Rule, RuleMetadata } from './check-plan.js';
import type { Failure } from './fault.js';

/**
 * The message of a failed rule as class-validator words it, except that `$value` is not filled: an answer must not show
 * the rejected value (see message-without-value.ts).
 */
export function messageOf({ rule, object, value }: Failure): string {
  const { metadata, constraint, wording } = rule;
  if (wording !== undefined && wording.lists === listsIn(metadata.constraints)) return wording.words;
  const args = argumentsOf(metadata, object, value);
  let template: unknown = metadata.message || '';
  if (template === '') {
    const instance = constraint?.instance;
    if (typeof instance?.defaultMessage === 'function') template = instance.defaultMessage(args);
  }
  // The library calls whatever function stands there.
  const message = typeof template === 'function' ? (template as (given: unknown) => unknown)(args) : template;
  if (typeof message !== 'string') return wordsOf(message, args);
  const words = fill(message, args);
  if (isSameForAll(rule, message)) rule.wording = { words, lists: listsIn(metadata.constraints) };
  return words;
}

/** Whether nothing of a message depends on the instance: neither the function that makes it nor a token in it. */
function isSameForAll({ metadata, isOwn, type }: Rule, message: string): boolean {
  // Of the library's own rules, this one words its message by the value.
  const isGiven = typeof metadata.message === 'string' && metadata.message !== '';
  if (!isGiven && (isOwn !== true || type === 'isLength' || typeof metadata.message === 'function')) return false;
  if (message.includes('$value') || message.includes('$target')) return false;
  const list: unknown = metadata.constraints;
  return !Array.isArray(list) || !message.includes('$constraint') || list.every((item) => !isOtherObject(item));
}

/** An object that may be another text at any time. */
function isOtherObject(item: unknown): boolean {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

/** What the lists among a rule's arguments hold: an application may fill them later. */
function listsIn(constraints: unknown): string {
  if (!Array.isArray(constraints)) return '';
  let text = '';
  for (const item of constraints as readonly unknown[]) if (Array.isArray(item)) text += `${item.join(', ')}\n`;
  return text;
}

/** Tokens are filled in strings; another type has no `replace`, which throws here as it does in the library. */
function wordsOf(message: unknown, args: ValidationArguments): string {
  return message ? fill(message as string, args) : String(message);
}

/** What class-validator hands to rules and to message functions. */
export function argumentsOf(metadata: RuleMetadata, object: object, value: unknown): ValidationArguments {
  return {
    targetName: object.constructor ? object.constructor.name : undefined,
    property: metadata.propertyName,
    object,
    value,
    constraints: metadata.constraints,
  } as ValidationArguments; // the library itself leaves targetName undefined where there is no constructor
}

function fill(template: string, { constraints, value, property, targetName }: ValidationArguments): string {
  let filled = template;
  // Rules without arguments have no constraints, whatever the library's types say.
  const list: unknown = constraints;
  if (filled && Array.isArray(list)) {
    list.forEach((constraint: unknown, index) => {
      filled = filled.replaceAll(`$constraint${index + 1}`, textOf(constraint));
    });
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    filled = filled.replaceAll('$value', value === '' ? '' : THE_VALUE);
  }
  return filled.replaceAll('$property', property).replaceAll('$target', targetName);
}

function textOf(constraint: unknown): string {
  if (Array.isArray(constraint)) return constraint.join(', ');
  // The library writes `${constraint}`, which of a symbol's missing description makes "undefined".
  return typeof constraint === 'symbol' ? String(constraint.description) : String(constraint);
}
