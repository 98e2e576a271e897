import { Application, type ApplicationOptions } from './application.js';
import { describe } from './errors/problem.js';
import { contextIfAny } from './context/current-context.js';
import { exitWithError } from './exit-with-error.js';
import { Shutdown } from './shutdown.js';
import { COMMAND_VARIABLE, markStarted, waitingCommand } from './start-command.js';
import { captureConsole } from './telemetry/capture-console.js';

/** When a cold start is over. */
const OUTPUT_GUARD_MS = 1000;

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
  if (isDryRun(process.argv)) process.exit(await dryRun(application));
  if (process.env[COMMAND_VARIABLE] === 'routes') {
    await application.loadFunctions();
    await printRoutes(application);
    process.exit(0);
  }
  const command = waitingCommand();
  if (command !== undefined) process.exit(await command(application));
  if (application.options.captureConsole) captureConsole(application.log, () => contextIfAny()?.log);
  const shutdown = new Shutdown(application);
  takeProcessOver(application, shutdown);
  try {
    const { address, port, family } = await application.listen();
    announce(application, `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
  } catch (error) {
    // Asked to end while it was starting, it says how that went by itself.
    if (!shutdown.begun) throw error;
  }
}

/** `--dry-run`, also as the platform's framework spells its options. */
function isDryRun(argv: readonly string[]): boolean {
  return argv.some((argument) => /^--dry-?run(?:=true)?$/i.test(argument));
}

/** Loads everything and reports; nothing listens. Gives the exit code. */
async function dryRun(application: Application): Promise<number> {
  const reports = await application.loadFunctions();
  for (const { name, file, ms, failure } of reports) {
    process.stdout.write(`${failure === undefined ? 'loaded' : 'FAILED'}  ${name}  ${file}  ${ms} ms\n`);
    if (failure !== undefined) process.stdout.write(`        ${failure}\n`);
  }
  process.stdout.write(`${application.describeRoutes()}\n`);
  return reports.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

/** What `yunction routes` prints: the table, and what of the events is validated the slow way. */
async function printRoutes(application: Application): Promise<void> {
  process.stdout.write(`${application.describeRoutes()}\n`);
  const slow = await application.explainEvents();
  if (slow.length === 0) return;
  const lines = slow.map((line) => `  ${line}\n`).join('');
  process.stdout.write(
    `\nValidated by class-validator and class-transformer themselves, as it cannot be compiled:\n${lines}`,
  );
}

/** The ready line, with the route table. */
function announce(application: Application, url: string): void {
  const { options, log } = application;
  const started = `${Math.round(performance.now())} ms after the process began`;
  if (options.logFormat === 'pretty') {
    log.info(`ready on ${url} (${options.platform.name}), ${started}\n${application.describeRoutes()}`);
    return;
  }
  const table = application
    .describeRoutes()
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' '));
  log.info({ url, platform: options.platform.name, count: table.length, routes: table }, `ready on ${url}, ${started}`);
}

function takeProcessOver(application: Application, shutdown: Shutdown): void {
  const { log, options } = application;
  process.on('SIGTERM', () => shutdown.onSignal('SIGTERM'));
  process.on('SIGINT', () => shutdown.onSignal('SIGINT'));
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error, ...requestsOf(application) }, `uncaught exception: ${describe(error)}`);
    // The state of the process is unknown now (nodejs.org, process: 'uncaughtException'); the platform starts another.
    if (!options.noExit) shutdown.begin('uncaught exception', 1);
  });
  process.on('unhandledRejection', (reason) => {
    const err = reason instanceof Error ? reason : new Error(describe(reason));
    log.error({ err, ...requestsOf(application) }, `unhandled rejection: ${describe(reason)}`);
  });
  setTimeout(guardOutput, OUTPUT_GUARD_MS).unref();
}

/**
 * Whoever read the output may go before the server does (`| head`): that costs lines, and no request. The log takes care
 * of itself; this is for what handlers write on these streams, which cost several milliseconds to make.
 */
function guardOutput(): void {
  process.stdout.on('error', ignoreLostLines);
  process.stderr.on('error', ignoreLostLines);
}

function ignoreLostLines(): void {
  // there is nowhere left to say so
}

/** The request that an error belongs to, or those that it may belong to. */
function requestsOf(application: Application): { requestId?: string; requestsInFlight?: readonly string[] } {
  const ids = application.requestsInFlight;
  const [only] = ids;
  if (only === undefined) return {};
  return ids.length === 1 ? { requestId: only } : { requestsInFlight: ids.slice(0, 20) };
}
