import { createLineWriter } from './line-writer.js';
import { jsonFormat, type LogFormat, prettyFormat } from './log-line.js';
import { Redactor } from './redact.js';

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
  /** Keys and paths of secrets beside the usual ones: see redact.ts. Default: none. */
  redact?: readonly string[];
  /** Where lines go. Default: standard output, as the platforms collect it. */
  write?: (line: string) => void;
}

/** The logger used where the application brings none: one line an entry on standard output. */
export function createLogger(options: LogOptions): Logger {
  const write = options.write ?? createLineWriter();
  const threshold = LOG_LEVELS.indexOf(options.level);
  const redactor = new Redactor(options.redact);
  const format = options.format === 'json' ? jsonFormat(redactor) : prettyFormat(redactor);
  return new LineLogger(threshold, format, write, {});
}

class LineLogger implements Logger {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  readonly #threshold: number;
  readonly #format: LogFormat;
  readonly #write: (line: string) => void;
  readonly #bindings: Record<string, unknown>;

  constructor(threshold: number, format: LogFormat, write: (line: string) => void, bindings: Record<string, unknown>) {
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
