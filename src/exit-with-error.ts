import { describe } from './errors/problem.js';
import { redactText } from './errors/redact-text.js';
import { StartupError } from './errors/startup-error.js';
import { createLineWriter } from './telemetry/line-writer.js';

/** Shorter than the time in which platforms kill: a reader that takes nothing for so long has gone. */
const MAX_WAIT_MS = 5000;

/** Ends the process with exit code 1 and what stopped it, in words for whoever has to mend it. */
export function exitWithError(error: unknown): never {
  // Node's own stream keeps in memory what a pipe does not take at once, and the exit would lose it.
  createLineWriter(2, () => process.stderr, MAX_WAIT_MS)(`yunction: ${redactText(textOf(error))}\n`);
  process.exit(1);
}

/** A mistake of the user's is told without a stack: it would show only Yunction's own lines. */
function textOf(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : describe(error);
}
