import { describe, isError } from '../errors/problem.js';

/** Levels in rising order of weight, named and ordered as pino's. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of the log: a message, or fields and a message (pino's call shape). An `Error` may stand for the fields. */
export interface LogMethod {
  (message: string): void;
  (fields: object, message?: string): void;
}

/** What `context.log` is. pino's own logger fits this shape, so that one may be given instead (option `log`). */
export interface Logger {
  trace: LogMethod;
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
  fatal: LogMethod;
  /** A logger whose lines all carry these fields. */
  child(fields: Record<string, unknown>): Logger;
}

export interface LogOptions {
  level: LogLevel;
  /** `json`: one JSON object a line, for machines. `pretty`: for a person at a terminal. */
  format: 'json' | 'pretty';
  /** Where lines go. Default: standard output, as the platforms collect it. */
  write?: (line: string) => void;
}

/** The logger used where the application brings none: one line an entry on standard output. */
export function createLogger(options: LogOptions): Logger {
  const write = options.write ?? ((line: string) => void process.stdout.write(line));
  const threshold = LOG_LEVELS.indexOf(options.level);
  const format = options.format === 'json' ? formatJson : formatPretty;
  return new LineLogger(threshold, format, write, {});
}

type Format = (
  level: LogLevel,
  bindings: Record<string, unknown>,
  fields: object | undefined,
  message: string,
) => string;

class LineLogger implements Logger {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  readonly #threshold: number;
  readonly #format: Format;
  readonly #write: (line: string) => void;
  readonly #bindings: Record<string, unknown>;

  constructor(threshold: number, format: Format, write: (line: string) => void, bindings: Record<string, unknown>) {
    this.#threshold = threshold;
    this.#format = format;
    this.#write = write;
    this.#bindings = bindings;
    this.trace = this.#method('trace');
    this.debug = this.#method('debug');
    this.info = this.#method('info');
    this.warn = this.#method('warn');
    this.error = this.#method('error');
    this.fatal = this.#method('fatal');
  }

  child(fields: Record<string, unknown>): Logger {
    return new LineLogger(this.#threshold, this.#format, this.#write, { ...this.#bindings, ...fields });
  }

  #method(level: LogLevel): LogMethod {
    if (LOG_LEVELS.indexOf(level) < this.#threshold) return ignore;
    return (first: string | object, second?: string) => {
      const line =
        typeof first === 'string'
          ? this.#format(level, this.#bindings, undefined, first)
          : this.#format(level, this.#bindings, first, second ?? '');
      this.#write(line);
    };
  }
}

function ignore(): void {
  // below the level: nothing is written
}

function formatJson(
  level: LogLevel,
  bindings: Record<string, unknown>,
  fields: object | undefined,
  message: string,
): string {
  const entry: Record<string, unknown> = { level, time: new Date().toISOString(), ...bindings };
  if (fields instanceof Error) entry['err'] = plainError(fields);
  else if (fields !== undefined) Object.assign(entry, fields);
  if (isError(entry['err'])) entry['err'] = plainError(entry['err']);
  if (message !== '') entry['msg'] = message;
  return `${stringify(entry)}\n`;
}

function formatPretty(
  level: LogLevel,
  bindings: Record<string, unknown>,
  fields: object | undefined,
  message: string,
): string {
  const time = new Date().toISOString().slice(11, 23);
  const error: unknown = fields instanceof Error ? fields : fields && 'err' in fields ? fields.err : undefined;
  const rest: Record<string, unknown> = { ...bindings, ...(fields instanceof Error ? {} : fields) };
  delete rest['err'];
  const shown = Object.keys(rest).length === 0 ? '' : ` ${stringify(rest)}`;
  const stack = isError(error) ? `\n${stackOf(error)}` : '';
  return `${time} ${level.padEnd(5)} ${message}${shown}${stack}\n`;
}

/** Causes of causes that a line shows: two errors may be each other's cause. */
const MAX_CAUSES = 5;

function plainError(error: Error, depth = 0): Record<string, unknown> {
  try {
    return partsOf(error, depth);
  } catch {
    // A getter of the error's own that fails must not cost the line, nor the answer of whoever logs it.
    return { type: 'Error', message: describe(error) };
  }
}

function partsOf(error: Error, depth: number): Record<string, unknown> {
  const plain: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack };
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (code !== undefined) plain['code'] = code;
  if (depth === MAX_CAUSES) return plain;
  const { cause } = error;
  if (cause instanceof Error) plain['cause'] = plainError(cause, depth + 1);
  else if (cause !== undefined) plain['cause'] = describe(cause);
  // An AggregateError often says nothing itself: a connection refused on every address has an empty message.
  if (error instanceof AggregateError && Array.isArray(errors)) {
    plain['errors'] = errors.slice(0, MAX_CAUSES).map((each: unknown) => describe(each));
  }
  return plain;
}

function stackOf(error: Error, depth = 0): string {
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
  return `${whole}\n  caused by ${stackOf(error.cause, depth + 1)}`;
}

/** JSON of a log entry. A value that JSON cannot hold (a cycle, a bigint) must not cost the line. */
function stringify(entry: Record<string, unknown>): string {
  try {
    return JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  } catch (error) {
    const { level, time, msg, requestId } = entry;
    return JSON.stringify({
      level,
      time,
      requestId,
      msg,
      logError: error instanceof Error ? error.message : 'unknown',
    });
  }
}
