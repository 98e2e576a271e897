import type { EventError } from './http-error.js';
import type { Problem } from './problem.js';

/** What JSON does not write as it stands. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const TO_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * `JSON.stringify(problem)`, in half the time: an event that is not valid is the most common answer after a good one, its
 * keys are always the same, and next to none of its texts has anything to escape.
 */
export function problemText(problem: Problem): string {
  const { type, title, status, detail, code, requestId, errors, stack } = problem;
  // An error's message and code may have been set to anything.
  if (![title, code, requestId, detail ?? ''].every(isText)) return JSON.stringify(problem);
  const begin = `{"type":"${type}","title":${quoted(title)},"status":${status},"code":${quoted(code)}`;
  return [
    `${begin},"requestId":${quoted(requestId)}`,
    detail === undefined ? '' : `,"detail":${quoted(detail)}`,
    errors === undefined ? '' : `,"errors":${listText(errors)}`,
    stack === undefined ? '}' : `,"stack":${quoted(stack)}}`,
  ].join('');
}

function quoted(text: string): string {
  return TO_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function listText(errors: readonly EventError[]): string {
  // What a user has made may be anything that his types let through.
  if (!Array.isArray(errors) || !errors.every(isPlainEntry)) return JSON.stringify(errors);
  const entries = errors.map(
    (entry) =>
      `{"in":${quoted(entry.in)},"path":${quoted(entry.path)},"rule":${quoted(entry.rule)},"message":${quoted(entry.message)}}`,
  );
  return `[${entries.join(',')}]`;
}

const KEYS = ['in', 'path', 'rule', 'message'] as const;

function isPlainEntry(entry: unknown): entry is EventError {
  if (typeof entry !== 'object' || entry === null || Object.getPrototypeOf(entry) !== Object.prototype) return false;
  const keys = Object.keys(entry);
  const texts: Partial<EventError> = entry;
  return (
    keys.length === KEYS.length && KEYS.every((key, index) => key === keys[index] && typeof texts[key] === 'string')
  );
}
