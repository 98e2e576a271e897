import type { LogLevel, Logger } from './log.js';

/** The level of what each method of the console writes. */
const LEVELS: Readonly<Partial<Record<keyof Console, Exclude<LogLevel, 'silent'>>>> = {
  trace: 'debug',
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
};

/**
 * Turns what is written by `console.log` and its kin into lines of the log, so that other people's code writes JSON with
 * level and time, too. An error alone is shown as any logged error is.
 *
 * @param logOf the log of the request that is being handled, so that its lines carry the request's id; `undefined`: none
 * is, or it is not known.
 * @returns what gives the console its methods back.
 */
export function captureConsole(log: Logger, logOf: () => Logger | undefined): () => void {
  const restores: (() => void)[] = [];
  let writing = false;
  for (const [name, level] of Object.entries(LEVELS)) {
    const method = name as 'log'; // one of the six above, which are all called alike
    const original = console[method];
    console[method] = (...values: unknown[]) => {
      // A logger that writes by the console itself.
      if (writing) {
        original.apply(console, values);
        return;
      }
      writing = true;
      try {
        const [only] = values;
        const to = logOf() ?? log;
        if (values.length === 1 && only instanceof Error) to[level]({ err: only }, only.message);
        else to[level](process.getBuiltinModule('node:util').format(...values));
      } finally {
        writing = false;
      }
    };
    restores.push(() => {
      console[method] = original;
    });
  }
  return () => {
    for (const restore of restores) restore();
  };
}
