/**
 * Options of the platform's framework that have no meaning here: lines go to the standard output, which the platforms
 * collect; a shutdown is always graceful; plain functions have one signature; `--watch` is node's own.
 */
const WITHOUT_MEANING = [
  'SIGNATURE_TYPE',
  'GRACEFUL_SHUTDOWN',
  'INTERCEPT_OUTPUT',
  'LOG_HEADER_BODY',
  'LOG_EVENT_CONTEXT',
  'LOG_CONTENT_ENABLED',
  'LOG_DIRNAME',
  'MAX_LOG_FILE_SIZE',
  'MAX_LOG_FILES',
  'WATCH',
];

/** Those that somebody has set all the same, by the names of the environment. */
export function ignoredOptions(argv: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const line = new Set(argv.map((argument) => argument.replace(/=.*$/s, '').replaceAll('-', '').toLowerCase()));
  return WITHOUT_MEANING.filter((name) => {
    const given = name === 'WATCH' ? line.has('w') : env[name] !== undefined;
    return given || line.has(name.replaceAll('_', '').toLowerCase());
  });
}
