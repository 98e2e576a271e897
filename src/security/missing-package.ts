/** What the import of an optional package failed with, said so that its reader can mend it. */
export function missingPackage(name: string, user: string, cause: unknown): Error {
  const { code } = cause as { code?: unknown };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return asError(cause);
  return new Error(`${user} needs the package ${name}, which is not installed: npm install ${name}`, { cause });
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
