import type { AddressInfo } from 'node:net';
import { type Application, type ApplicationOptions, createApplication } from '#src/application.js';
import type { Logger, LogLevel } from '#src/telemetry/log.js';

/** One entry of the log, as the server wrote it. */
export interface Line extends Record<string, unknown> {
  readonly level: LogLevel;
  readonly msg: string;
}

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly app: Application;
  /** What was logged, in order. */
  readonly lines: Line[];
  close(): Promise<void>;
}

/** An application on a free port of this machine, its log recorded instead of written. */
export async function serve(options: ApplicationOptions): Promise<Served> {
  const lines: Line[] = [];
  const app = createApplication({
    port: 0,
    host: '127.0.0.1',
    accessLog: false,
    exposeErrors: false,
    shutdownMs: 1000,
    idleCloseMs: 10,
    log: recordInto(lines),
    ...options,
  });
  const { port }: AddressInfo = await app.listen();
  return { url: `http://127.0.0.1:${port}`, port, app, lines, close: async () => void (await app.close()) };
}

/** A logger that keeps every line of every level. */
export function recordInto(lines: Line[], bindings: Record<string, unknown> = {}): Logger {
  const at = (level: LogLevel) => (first: string | object, second?: string) =>
    void lines.push(
      typeof first === 'string'
        ? { ...bindings, level, msg: first }
        : { ...bindings, ...first, level, msg: second ?? '' },
    );
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => recordInto(lines, { ...bindings, ...fields }),
  };
}
