import { createRequire } from 'node:module';
import type { Logger as Pino, LoggerOptions } from 'pino';

import { isError } from '../errors/problem.js';
import { redactText } from '../errors/redact-text.js';
import { StartupError } from '../errors/startup-error.js';
import { entryJson } from './entry-json.js';
import type { Logger, LogLevel } from './log.js';
import { plainError } from './plain-error.js';
import { Redactor } from './redact.js';

/** By a name that bundlers do not follow: every packed application would hold a logger that few use. */
const PINO = 'pino';

/** pino as a package: all that is used of it. */
type PinoPackage = ((options: LoggerOptions) => Pino) & {
  readonly stdTimeFunctions: { readonly isoTime: () => string };
};

/**
 * A logger of pino, with the lines that the built-in one writes: levels as words, ISO times, secrets redacted. What it has
 * beside that (other destinations, its own formats) is had by making one and giving it: `log: pino(options)`.
 *
 * @throws StartupError where pino is not installed; in a bundle it is not found either.
 */
export function createPinoLogger(level: LogLevel, redact: readonly string[]): Logger {
  const pino = loadPino();
  const redactor = new Redactor(redact);
  const clean = (fields: Record<string, unknown>) => JSON.parse(entryJson(fields, redactor)) as Record<string, unknown>;
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name) => ({ level: name }), log: clean, bindings: clean },
    hooks: {
      // What failed is often told in the message, too.
      logMethod(entry, method) {
        const [first, message] = entry;
        const failure = failureIn(first);
        // pino takes the error's own message where there is no other.
        if (failure !== undefined) {
          entry[1] = typeof message === 'string' ? redactText(message) : String(plainError(failure).message);
        }
        method.apply(this, entry);
      },
    },
    serializers: { err: (error: unknown) => (error instanceof Error ? plainError(error) : error) },
  });
}

function failureIn(fields: unknown): Error | undefined {
  if (isError(fields)) return fields;
  const failure = typeof fields === 'object' && fields !== null && 'err' in fields ? fields.err : undefined;
  return isError(failure) ? failure : undefined;
}

function loadPino(): PinoPackage {
  try {
    // At once, as there is no waiting where an application is made; it is CommonJS.
    return createRequire(import.meta.url)(PINO) as PinoPackage;
  } catch (error) {
    const where = "option log: 'pino'";
    throw new StartupError(
      [{ where, problem: 'pino is not installed', remedy: 'run `npm install pino`, or give a logger: `log: pino()`' }],
      {
        cause: error,
      },
    );
  }
}
