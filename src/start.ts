import { Application, type ApplicationOptions } from './application.js';
import { describe } from './errors/problem.js';
import { StartupError } from './errors/startup-error.js';
import { COMMAND_VARIABLE, markStarted } from './start-command.js';

/**
 * Makes the application, listens, and takes the process over: signals, uncaught exceptions, exit codes. It reports its own
 * failures in one readable piece and ends the process with exit code 1, so there is nothing to await or to catch.
 *
 * Options come from the argument, then the command line (`--port 9001`), then the environment (`PORT`), then defaults.
 *
 * @example
 * start({ controllers: [OrderController, ChatController] });
 */
export function start(options: ApplicationOptions): void {
  markStarted();
  run(options).catch(exitWithError);
}

async function run(options: ApplicationOptions): Promise<void> {
  const application = new Application(options, { argv: process.argv.slice(2), env: process.env });
  if (process.env[COMMAND_VARIABLE] === 'routes') {
    process.stdout.write(`${application.describeRoutes()}\n`);
    process.exit(0);
  }
  takeProcessOver(application);
  const { address, port, family } = await application.listen();
  announce(application, `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
}

/** The ready line, with the route table. */
function announce(application: Application, url: string): void {
  const { options, log, routes } = application;
  const started = `${Math.round(performance.now())} ms after the process began`;
  if (options.logFormat === 'pretty') {
    log.info(`ready on ${url} (${options.platform.name}), ${started}\n${application.describeRoutes()}`);
    return;
  }
  const table = application
    .describeRoutes()
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' '));
  log.info(
    { url, platform: options.platform.name, count: routes.length, routes: table },
    `ready on ${url}, ${started}`,
  );
}

function takeProcessOver(application: Application): void {
  const { log, options } = application;
  let ending = false;
  const end = (reason: string, code: number) => {
    if (ending) {
      // The second time somebody asks, it is now.
      process.exit(1);
    }
    ending = true;
    log.info(`${reason}: draining, at most ${options.shutdownMs} ms`);
    // Hooks that hang must not keep the process: the platform would kill it without a word.
    setTimeout(() => {
      log.error('onClose hooks or disposals took too long');
      process.exit(code);
    }, options.shutdownMs + 500).unref();
    application
      .close()
      .then(({ cut }) => {
        if (cut > 0) log.warn({ cut }, 'the time was up: requests were cut off');
        process.exit(code);
      })
      .catch(exitWithError);
  };
  process.on('SIGTERM', () => end('SIGTERM', 0));
  process.on('SIGINT', () => end('SIGINT', 0));
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error, ...requestsOf(application) }, `uncaught exception: ${describe(error)}`);
    // The state of the process is unknown now (nodejs.org, process: 'uncaughtException'); the platform starts another.
    if (!options.noExit && !ending) end('uncaught exception', 1);
  });
  process.on('unhandledRejection', (reason) => {
    const err = reason instanceof Error ? reason : new Error(describe(reason));
    log.error({ err, ...requestsOf(application) }, `unhandled rejection: ${describe(reason)}`);
  });
}

/** The request that an error belongs to, or those that it may belong to. */
function requestsOf(application: Application): { requestId?: string; requestsInFlight?: readonly string[] } {
  const ids = application.requestsInFlight;
  const [only] = ids;
  if (only === undefined) return {};
  return ids.length === 1 ? { requestId: only } : { requestsInFlight: ids.slice(0, 20) };
}

/** Ends the process with what stopped it, in words for whoever has to mend it. */
export function exitWithError(error: unknown): void {
  const text =
    error instanceof StartupError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : describe(error);
  process.stderr.write(`yunction: ${text}\n`);
  process.exit(1);
}
