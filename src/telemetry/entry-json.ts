import { isError } from '../errors/problem.js';
import { REDACTED } from '../errors/redact-text.js';
import { plainError } from './plain-error.js';
import type { Redactor } from './redact.js';

/** Entries nested deeper than this take the careful way. */
const MAX_DEPTH = 6;

/**
 * JSON of a log entry, its secrets redacted. A value that JSON cannot hold (a cycle, a bigint) must not cost the line.
 * Most entries are plain: they are looked through once and written by JSON.stringify alone, which is several times as
 * quick without a function of ours for each value.
 */
export function entryJson(entry: Record<string, unknown>, redactor: Redactor): string {
  try {
    return isPlain(entry, redactor, 0) ? JSON.stringify(entry) : carefulJson(entry, redactor);
  } catch (error) {
    const { level, time, msg, requestId } = entry;
    const logError = error instanceof Error ? error.message : 'unknown';
    return JSON.stringify({ level, time, requestId, msg, logError });
  }
}

/** Whether nothing in it is secret, or something else than JSON writes by itself. */
function isPlain(value: object, redactor: Redactor, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((each: unknown) => isPlainValue(each, redactor, depth));
  // for…in shows inherited keys as well, which JSON leaves out: at worst an entry goes the careful way for nothing.
  for (const key in value) {
    if (redactor.mayHide(key) || key === 'rawHeaders') return false;
    if (!isPlainValue((value as Record<string, unknown>)[key], redactor, depth)) return false;
  }
  return true;
}

function isPlainValue(value: unknown, redactor: Redactor, depth: number): boolean {
  if (typeof value === 'bigint') return false;
  if (typeof value !== 'object' || value === null || value instanceof Date) return true;
  return !('toJSON' in value) && !isError(value) && isPlain(value, redactor, depth + 1);
}

function carefulJson(entry: Record<string, unknown>, redactor: Redactor): string {
  const paths = redactor.hasPaths ? new Map<unknown, readonly string[]>([[entry, []]]) : undefined;
  return JSON.stringify(entry, function (this: unknown, key: string, value: unknown): unknown {
    if (value === entry) return value;
    if (isHidden(value) && redactor.isSecret(key)) return REDACTED;
    if (paths !== undefined) {
      const path = [...(paths.get(this) ?? []), key];
      if (isHidden(value) && redactor.isSecretPath(path)) return REDACTED;
      if (typeof value === 'object') paths.set(value, path);
    }
    if (key === 'rawHeaders' && Array.isArray(value)) return withoutSecretHeaders(value, redactor);
    if (typeof value === 'bigint') return value.toString();
    return isError(value) ? plainError(value) : value;
  });
}

/** A switch tells nothing: `{ password: false }` says that there is none. */
function isHidden(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'boolean';
}

/** node's list of names and values in turn. */
function withoutSecretHeaders(list: readonly unknown[], redactor: Redactor): unknown[] {
  return list.map((each, at) => (at % 2 === 1 && redactor.isSecret(String(list[at - 1])) ? REDACTED : each));
}
