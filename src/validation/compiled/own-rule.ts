import { type Libraries, validatorStorage } from '../libraries.js';
import { mendLibrary } from '../mended-library.js';
import type { Constraint, Rule } from './check-plan.js';
import { INLINE_RULES, type InlineRule } from './inline-rules.js';

/** A class of our own on which one rule of each compiled kind stands, to compare others with. */
export class Reference {}
const references = new Map<string, Known>();

interface Known {
  readonly constraint: Constraint;
  readonly places: string;
  /** To the samples. Only asked where no place in the code could be told. */
  readonly answers: readonly unknown[];
}

/**
 * The inline form of a rule, if the rule is class-validator's own: anyone may register a rule under a built-in name,
 * and such a rule must be called. The decorator leaves no other mark than its functions, which are hidden in closures,
 * so it is compared with a rule that is surely the library's: the same message, the same places in the code that read
 * the value's prototype or the arguments; and for the rules which read neither, the same answers to a number of values.
 */
export function inlineRuleOf(rule: Rule, libraries: Libraries): InlineRule | undefined {
  // Looked for once: to compare a rule costs more than all else that is done to compile it.
  if (rule.inline === undefined) rule.inline = lookFor(rule, libraries) ?? null;
  return rule.inline ?? undefined;
}

function lookFor({ type, metadata, constraint }: Rule, libraries: Libraries): InlineRule | undefined {
  const inline = INLINE_RULES.get(type);
  if (inline === undefined || constraint === undefined || metadata.name !== type) return undefined;
  const reference = referenceOf(type, inline, libraries);
  if (reference === undefined || String(constraint.target) !== String(reference.constraint.target)) return undefined;
  const arguments_ = { ...EMPTY_ARGUMENTS, constraints: metadata.constraints as unknown };
  try {
    if (messageOf(constraint, arguments_) !== messageOf(reference.constraint, arguments_)) return undefined;
  } catch {
    // A message that cannot do with such arguments is not the library's.
    return undefined;
  }
  if (placesOf(constraint, metadata.constraints) !== reference.places) return undefined;
  if (reference.places !== '') return inline;
  const isSame = SAMPLES.every(
    (sample, index) => answerTo(constraint, sample, arguments_) === reference.answers[index],
  );
  return isSame ? inline : undefined;
}

function referenceOf(type: string, { decorator, sample }: InlineRule, { decorators }: Libraries): Known | undefined {
  const storage = validatorStorage();
  if (storage === undefined) return undefined;
  // Both or neither: mending puts a function around some rules.
  mendLibrary(storage);
  const known = references.get(type);
  if (known !== undefined) return known;
  // Each decorator is given arguments of its own kind by the table of inline rules.
  const decorate = decorators[decorator] as (...sample: readonly unknown[]) => PropertyDecorator;
  decorate(...sample)(Reference.prototype, type);
  mendLibrary(storage);
  const rule = storage
    .getTargetValidationMetadatas(Reference, '', false, false)
    .find(({ propertyName }) => propertyName === type);
  const [constraint] = rule === undefined ? [] : storage.getTargetValidatorConstraints(rule.constraintCls);
  if (rule === undefined || constraint?.name !== type) return undefined;
  const arguments_ = { ...EMPTY_ARGUMENTS, constraints: rule.constraints as unknown };
  const made = {
    constraint,
    places: placesOf(constraint, rule.constraints),
    answers: SAMPLES.map((value) => answerTo(constraint, value, arguments_)),
  };
  references.set(type, made);
  return made;
}

const EMPTY_ARGUMENTS = { value: '', object: {}, property: 'property', targetName: 'Target' };

interface ProbeArguments {
  value: unknown;
  object: object;
  property: string;
  targetName: string;
  readonly constraints: unknown;
}

function messageOf({ instance }: Constraint, arguments_: ProbeArguments): string {
  // The library itself leaves constraints undefined where there are none, whatever its types say.
  const message = instance.defaultMessage?.(arguments_ as never) ?? '';
  return message.replace('each value in ', '');
}

/** Where in the code a rule reads the value's prototype and its arguments: the frames of each reading. */
function placesOf({ instance }: Constraint, constraints: unknown): string {
  const places: string[] = [];
  const value = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        places.push(callers());
        return null;
      },
    },
  );
  const arguments_ = {
    ...EMPTY_ARGUMENTS,
    get constraints(): unknown {
      places.push(callers());
      return constraints;
    },
  };
  answerTo({ instance }, value, arguments_);
  return places.join('\n');
}

const FRAMES = 4;

/** The functions that called the caller: file, line and column of each. */
function callers(): string {
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, 'prepareStackTrace');
  // Structured frames: as text they would be looked up in source maps, at the price of reading these.
  Error.prepareStackTrace = (_, frames) =>
    frames.map((frame) => `${frame.getFileName()}:${frame.getLineNumber()}:${frame.getColumnNumber()}`).join(' ');
  Error.stackTraceLimit = FRAMES;
  try {
    const holder: { stack?: string } = {};
    Error.captureStackTrace(holder, callers);
    return String(holder.stack);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
  }
}

function answerTo({ instance }: Pick<Constraint, 'instance'>, sample: unknown, arguments_: ProbeArguments): unknown {
  try {
    const answer = instance.validate(sample, arguments_ as never); // as above
    // The library's own compiled rules are synchronous: a promise is no answer of theirs, and may still fail.
    if (typeof answer === 'object') answer.then(ignore, ignore);
    return answer;
  } catch {
    return 'throws';
  }
}

function ignore(): void {
  // the question was not meant
}

const SAMPLES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  1e-7,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53 + 2,
  1e300,
  '',
  ' ',
  'a',
  'abc',
  '1',
  '\u{1f600}',
  'someone@example.com',
  'a@b',
  '2026-11-23',
  [],
  [1],
  ['a', null],
  {},
  { a: 1 },
  new Date(0),
  new Date(Number.NaN),
  5n,
  Object,
  new Map(),
  new Set([1]),
  // oxlint-disable-next-line no-new-wrappers -- the library accepts it
  new String('a'),
];
