import { describe } from '../errors/problem.js';
import { redactText } from '../errors/redact-text.js';

/** Causes of causes that a line shows: two errors may be each other's cause. */
const MAX_CAUSES = 5;

/**
 * An error as a log line shows it: `type`, `message`, `stack`, `code`, `cause` and `errors`, as pino's own serializer
 * names them. Nothing else of it: HTTP clients hang whole requests, with their headers, on their errors.
 */
export function plainError(error: Error, depth = 0): Record<string, unknown> {
  try {
    return partsOf(error, depth);
  } catch {
    // A getter of the error's own that fails must not cost the line, nor the answer of whoever logs it.
    return { type: 'Error', message: redactText(describe(error)) };
  }
}

function partsOf(error: Error, depth: number): Record<string, unknown> {
  const plain: Record<string, unknown> = {
    type: error.name,
    message: redacted(error.message),
    stack: redacted(error.stack),
  };
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (code !== undefined) plain['code'] = code;
  if (depth === MAX_CAUSES) return plain;
  const { cause } = error;
  if (cause instanceof Error) plain['cause'] = plainError(cause, depth + 1);
  else if (cause !== undefined) plain['cause'] = redactText(describe(cause));
  // An AggregateError often says nothing itself: a connection refused on every address has an empty message.
  if (error instanceof AggregateError && Array.isArray(errors)) {
    plain['errors'] = errors.slice(0, MAX_CAUSES).map((each: unknown) => redactText(describe(each)));
  }
  return plain;
}

/** Whatever somebody has put in a message's place is left as it is. */
function redacted(text: unknown): unknown {
  return typeof text === 'string' ? redactText(text) : text;
}

/** The stacks of an error and of what caused it, for a person. */
export function stackOf(error: Error): string {
  return redactText(wholeStackOf(error, 0));
}

function wholeStackOf(error: Error, depth: number): string {
  try {
    return stacksOf(error, depth);
  } catch {
    return describe(error);
  }
}

function stacksOf(error: Error, depth: number): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  const each =
    error instanceof AggregateError
      ? error.errors.slice(0, MAX_CAUSES).map((inner: unknown) => `\n  one of ${describe(inner)}`)
      : [];
  const whole = `${own}${each.join('')}`;
  if (!(error.cause instanceof Error) || depth === MAX_CAUSES) return whole;
  return `${whole}\n  caused by ${wholeStackOf(error.cause, depth + 1)}`;
}
