/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** Secrets as they stand in texts that other people's code writes: credentials of a header, of a URL, of a query. */
const IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/-]{6,}=*/gi, `$1 ${REDACTED}`],
  [/(\/\/[^\s/:@]*):[^\s/@]+@/g, `$1:${REDACTED}@`],
  [/([?&][\w-]*(?:token|secret|password|passwd|(?:api|secret|private)[_-]?key)=)[^&\s"']+/gi, `$1${REDACTED}`],
];

/**
 * A text without the secrets that can be told from their surroundings. For messages and stacks of errors: a database's
 * driver may show its connection string, an HTTP client its headers.
 */
export function redactText(text: string): string {
  let clean = text;
  for (const [secret, replacement] of IN_TEXT) clean = clean.replace(secret, replacement);
  return clean;
}
