import { describe } from './errors/problem.js';
import { StartupError } from './errors/startup-error.js';
import { redactText } from './telemetry/redact.js';

/** Ends the process with exit code 1 and what stopped it, in words for whoever has to mend it. */
export function exitWithError(error: unknown): never {
  process.stderr.write(`yunction: ${redactText(textOf(error))}\n`);
  process.exit(1);
}

/** A mistake of the user's is told without a stack: it would show only Yunction's own lines. */
function textOf(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : describe(error);
}
