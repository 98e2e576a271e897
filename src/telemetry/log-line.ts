import { isError } from '../errors/problem.js';
import { redactText } from '../errors/redact-text.js';
import { entryJson } from './entry-json.js';
import type { LogLevel } from './log.js';
import { plainError, stackOf } from './plain-error.js';
import type { Redactor } from './redact.js';

/** Makes the line of one entry, its line break included. */
export type LogFormat = (
  level: LogLevel,
  bindings: Record<string, unknown>,
  fields: object | undefined,
  message: string,
) => string;

/**
 * One JSON object a line. The names are pino's (`level`, `time`, `msg`, `err`), the level is a word and the time is ISO
 * 8601, as pino writes them with `formatters.level` and `stdTimeFunctions.isoTime`: pino-pretty reads both, and the
 * platforms' log services search for words.
 */
export function jsonFormat(redactor: Redactor): LogFormat {
  return (level, bindings, fields, message) => {
    const entry: Record<string, unknown> = { level, time: isoTime(), ...bindings };
    if (fields instanceof Error) entry['err'] = fields;
    else if (fields !== undefined) Object.assign(entry, fields);
    const failed = isError(entry['err']);
    if (failed) entry['err'] = plainError(entry['err'] as Error); // told by `isError`
    // What failed is often told in the message, too.
    if (message !== '') entry['msg'] = failed ? redactText(message) : message;
    return `${entryJson(entry, redactor)}\n`;
  };
}

/** For a person at a terminal: time, level, message, fields, and the stacks of an error. */
export function prettyFormat(redactor: Redactor): LogFormat {
  return (level, bindings, fields, message) => {
    const time = isoTime().slice(11, 23);
    const error: unknown = fields instanceof Error ? fields : fields && 'err' in fields ? fields.err : undefined;
    const rest: Record<string, unknown> = { ...bindings, ...(fields instanceof Error ? {} : fields) };
    delete rest['err'];
    const shown = Object.keys(rest).length === 0 ? '' : ` ${entryJson(rest, redactor)}`;
    if (!isError(error)) return `${time} ${level.padEnd(5)} ${message}${shown}\n`;
    return `${time} ${level.padEnd(5)} ${redactText(message)}${shown}\n${stackOf(error)}\n`;
  };
}

let lastTime = 0;
let lastText = '';

/** Now, as ISO 8601: lines of one millisecond share the text, which costs a good part of a short line. */
function isoTime(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastText = new Date(now).toISOString();
  }
  return lastText;
}
