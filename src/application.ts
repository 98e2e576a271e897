// Longer than 250 lines because the order of a start and of an end stands on one page.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';

import { Channels } from './channels/channels.js';
import { MemoryChannels } from './channels/memory-channels.js';
import { MemoryStore } from './channels/memory-store.js';
import { Store } from './channels/store.js';
import { checkTemporaryFolder } from './check-temporary-folder.js';
import { Injector, type Provision } from './context/injector.js';
import type { Middleware } from './context/middleware.js';
import { describe } from './errors/problem.js';
import { StartupError, type StartupMistake } from './errors/startup-error.js';
import type { GivenOptions, Options } from './options.js';
import { type OptionSources, resolveOptions } from './resolve-options.js';
import { middlewareOf, useMistakes } from './routing/route-option-mistakes.js';
import type { Class } from './routing/route-options.js';
import { controllerFile } from './routing/route-records.js';
import { buildRouteTable, printRoutes } from './routing/route-table.js';
import type { Route } from './routing/route.js';
import { injectedClasses } from './server/build-endpoints.js';
import { checkRoutes } from './server/check-routes.js';
import { createService } from './server/create-service.js';
import { explainEvents } from './server/explain-events.js';
import type { FunctionReport, FunctionSource } from './server/function-table.js';
import { type DrainReport, HttpServer } from './server/http-server.js';
import { listenMistake } from './server/listen-mistake.js';
import type { PlatformHooks } from './server/platform-calls.js';
import type { ReadinessChecks } from './server/readiness.js';
import { Observation } from './server/observation.js';
import type { Service } from './server/service.js';
import { createLogger, type Logger } from './telemetry/log.js';
import { createPinoLogger } from './telemetry/pino-logger.js';
import type { MetricsRegister } from './telemetry/metrics.js';

/** What an application is made of, and every option of the options table. */
export interface ApplicationOptions extends GivenOptions, PlatformHooks {
  /** The controller classes. */
  controllers: readonly Class[];
  /** Functions beside the controllers: `functionProject()` of `yunction/functions`. `yunction start` gives it by itself. */
  functions?: FunctionSource;
  /** Middleware around every route, outermost first. */
  use?: readonly Middleware[];
  /** What is injected for a token or in place of a class: a value, or a tsyringe provider such as `{ useClass }`. */
  providers?: readonly Provision[];
  /** What is injected for `Channels`, and carries what sockets join. Default: within this process, in memory. */
  channels?: Channels;
  /** What is injected for `Store`. Default: within this process, in memory. */
  store?: Store;
  /** Writes the log in place of the built-in logger; pino's fits. `'pino'`: one of pino, set up as the built-in one is. */
  log?: Logger | 'pino';
  /** More metrics, shown beside the server's own (option `metrics`): prom-client's `register` fits. */
  metricsRegisters?: readonly MetricsRegister[];
  /** What `/_readyz` asks: `{ redis: () => client.status === 'ready' }`. One that says `false`, throws or is late is 503. */
  readiness?: ReadinessChecks;
  /** Called before the server listens, in order (see the option `listenFirst`). A failing one stops the start. */
  onStart?: (() => unknown) | readonly (() => unknown)[];
  /** Called when the last request has ended, in order; then singletons are disposed. */
  onClose?: (() => unknown) | readonly (() => unknown)[];
}

/**
 * Makes an application: reads the decorators, checks everything, fills and constructs the controllers. It does not
 * listen yet: `await application.listen()`.
 *
 * @param sources where options come from beside the argument. Default: the environment; a test gives `{}`.
 * @throws StartupError that names every mistake and its remedy.
 * @example
 * const application = createApplication({ controllers: [OrderController], port: 0 });
 * const { port } = await application.listen();
 */
export function createApplication(
  options: ApplicationOptions,
  sources: OptionSources = { env: process.env },
): Application {
  return new Application(options, sources);
}

/** Metadata → route table → container → server. */
export class Application {
  /** Every route, as the decorators gave them. */
  readonly routes: readonly Route[];
  /** The options as they hold. */
  readonly options: Options;
  readonly log: Logger;
  readonly #service: Service;
  readonly #server: HttpServer;
  readonly #injector: Injector;
  readonly #store: Store;
  readonly #observation: Observation;
  readonly #onStart: readonly (() => unknown)[];
  readonly #onClose: readonly (() => unknown)[];
  #listening: Promise<AddressInfo> | undefined;
  #closing: Promise<DrainReport> | undefined;

  /** Use {@link createApplication}. */
  constructor(given: ApplicationOptions, sources: OptionSources) {
    const {
      controllers,
      functions,
      use: givenUse,
      providers = [],
      channels,
      store,
      log,
      metricsRegisters = [],
      readiness = {},
      onStart,
      onClose,
      onInitialize,
      onPreStop,
      onPreFreeze,
      onInvoke,
      ...options
    } = given;
    this.options = resolveOptions(options, sources);
    this.log = log === undefined || log === 'pino' ? this.#ownLog(log) : log;
    this.#onStart = hooksOf(onStart);
    this.#onClose = hooksOf(onClose);

    const project = functions?.read(this.options);
    const own = middlewareOf(givenUse);
    const use = project === undefined ? own : [...project.use, ...own];
    const { routes, mistakes } = buildRouteTable(controllers);
    this.routes = routes;
    const wrongUse = useMistakes(givenUse).map((each) => ({ where: 'the application', ...each }));
    const wrong = [...wrongUse, ...mistakes, ...checkRoutes(routes, use)];
    const { channelMaxMessages: maxMessages, channelMaxAgeMs: maxAgeMs } = this.options;
    this.#injector = new Injector([
      [Channels, channels ?? new MemoryChannels({ maxMessages, maxAgeMs })],
      [Store, store ?? new MemoryStore()],
      ...providers,
    ]);
    wrong.push(...this.#injector.inspect(injectedClasses(routes, use), controllerFile));
    refuse(wrong);
    refuse(this.#injector.construct());

    this.#store = this.#injector.resolve(Store);
    this.#service = createService({
      settings: this.options,
      routes,
      use,
      injector: this.#injector,
      channels: this.#injector.resolve(Channels),
      store: this.#store,
      log: this.log,
      functions: project,
      readiness,
      hooks: { onInitialize, onPreStop, onPreFreeze, onInvoke },
    });
    this.#service.goDown = () => void this.close();
    this.#observation = new Observation(this.#service, this.options, metricsRegisters);
    this.#server = new HttpServer(this.#service);
  }

  /**
   * Runs the `onStart` hooks and begins to listen on the options' port and host. Resolves to the address. Once, however
   * often it is called.
   * @throws StartupError (rejected) when the port is taken, a folder cannot be written, an `onStart` fails, or `close()`
   * was called in the meantime.
   */
  listen(): Promise<AddressInfo> {
    return (this.#listening ??= this.#listen());
  }

  /**
   * Ends in the order that loses no request, runs the `onClose` hooks and disposes the singletons. Once, however often it
   * is called. Resolves to how many requests had to be cut off because the time was up.
   */
  close(): Promise<DrainReport> {
    return (this.#closing ??= this.#close());
  }

  /** The instance of a class, as it is injected. For `onStart` hooks and tests. */
  resolve<Instance extends object>(injected: abstract new (...dependencies: never[]) => Instance): Instance {
    return this.#injector.resolve(injected);
  }

  /** The route table for a person, one line a route. */
  describeRoutes(): string {
    return printRoutes(this.routes, this.#service.functions?.rows());
  }

  /** Whether any route takes WebSockets; of functions those that are loaded count. */
  get takesWebSockets(): boolean {
    const own = this.routes.some(({ protocol }) => protocol === 'websocket');
    return own || (this.#service.functions?.rows().some(({ label }) => label === 'WS') ?? false);
  }

  /**
   * Loads every function that is not loaded yet, in parallel, and tells how that went. What fails is in the log too.
   * Nothing where the application has no functions.
   */
  async loadFunctions(): Promise<readonly FunctionReport[]> {
    return (await this.#service.functions?.loadAll()) ?? [];
  }

  /** What of the event classes is left to the libraries instead of compiled, and why, for a person. Empty: nothing. */
  explainEvents(): Promise<readonly string[]> {
    return explainEvents(this.routes, this.options.unknown);
  }

  /** The ids of all that is being handled now: for the log of an error that belongs to one of them, nobody knows which. */
  get requestsInFlight(): readonly string[] {
    const { currentContext, inFlight, live } = this.#service;
    const current = currentContext?.getStore()?.requestId;
    if (current !== undefined) return [current];
    return [...new Set([...[...inFlight].map(({ context }) => context.requestId), ...live.requestIds])];
  }

  async #listen(): Promise<AddressInfo> {
    const { temporaryFolder, listenFirst } = this.options;
    if (this.#service.functions !== undefined || this.routes.some(mayUpload)) checkTemporaryFolder(temporaryFolder);
    if (listenFirst) return await this.#listenFirst();
    await this.#start();
    return await this.#open();
  }

  /** The port is open at once; requests wait for the hooks. */
  #listenFirst(): Promise<AddressInfo> {
    const opened = this.#openAndStart();
    this.#service.starting = this.#startEnded(opened);
    return opened;
  }

  async #openAndStart(): Promise<AddressInfo> {
    const address = await this.#open();
    try {
      await this.#start();
      this.#refuseWhenClosing();
    } catch (error) {
      // Requests that wait are cut: nobody will answer them.
      await this.#server.drain(0);
      throw error;
    }
    return address;
  }

  async #startEnded(opened: Promise<unknown>): Promise<void> {
    await Promise.allSettled([opened]);
    this.#service.starting = undefined;
  }

  async #start(): Promise<void> {
    // In memory there is nothing to wait for.
    if (this.#service.channels.state !== 'ready') await this.#service.channels.open();
    if (this.#store.state !== 'ready') await this.#store.open();
    if (this.options.eager) refuseWhenAllFailed(await this.loadFunctions());
    for (const hook of this.#onStart) {
      this.#refuseWhenClosing();
      await runStartHook(hook);
    }
  }

  async #open(): Promise<AddressInfo> {
    this.#refuseWhenClosing();
    const observing = this.#observation.begin();
    if (observing !== undefined) {
      await observing;
      this.#refuseWhenClosing();
    }
    const { port, host } = this.options;
    try {
      return await this.#server.listen(port, host);
    } catch (error) {
      await this.#observation.close();
      throw new StartupError([listenMistake(error, port, host)], { cause: error });
    }
  }

  #ownLog(by: 'pino' | undefined): Logger {
    const { logLevel: level, logFormat: format, redact } = this.options;
    if (by === 'pino') return createPinoLogger(level, redact);
    return createLogger({ level, format, redact });
  }

  /** Asked to end while it starts, it must not begin to listen: nobody would close that again. */
  #refuseWhenClosing(): void {
    if (this.#closing === undefined) return;
    const problem = 'it was closed before it listened';
    throw new StartupError([{ where: 'listen()', problem, remedy: 'make another application' }]);
  }

  async #close(): Promise<DrainReport> {
    const report = await this.#server.drain(this.options.shutdownMs);
    for (const hook of this.#onClose) {
      try {
        await hook();
      } catch (error) {
        this.log.error({ err: error }, 'an onClose hook failed');
      }
    }
    try {
      await this.#service.functions?.close();
      await this.#injector.dispose();
    } catch (error) {
      this.log.error({ err: error }, 'a singleton could not be disposed');
    }
    try {
      await this.#service.channels.close();
    } catch (error) {
      this.log.error({ err: error }, 'the channels could not be closed');
    }
    try {
      await this.#store.close();
    } catch (error) {
      this.log.error({ err: error }, 'the store could not be closed');
    }
    // Last, so that the drain can be watched.
    await this.#observation.close();
    return report;
  }
}

function hooksOf(given: (() => unknown) | readonly (() => unknown)[] = []): readonly (() => unknown)[] {
  return typeof given === 'function' ? [given] : given;
}

/** Stops the start where there are mistakes. */
function refuse(mistakes: readonly StartupMistake[]): void {
  if (mistakes.length > 0) throw new StartupError(mistakes);
}

/** A function that cannot be loaded answers so, and the others serve; where there are no others, nothing would. */
function refuseWhenAllFailed(reports: readonly FunctionReport[]): void {
  const mistakes = reports.flatMap(({ name, file, failure }) => {
    if (failure === undefined) return [];
    return [{ where: `function ${name}`, file, problem: failure, remedy: 'mend the module, or what it needs' }];
  });
  if (mistakes.length === reports.length) refuse(mistakes);
}

/** Whether a route parses bodies, and so may have to store files. */
function mayUpload(route: Route): boolean {
  return route.protocol !== 'websocket' && route.methods.some((method) => method !== 'GET' && method !== 'HEAD');
}

async function runStartHook(hook: () => unknown): Promise<void> {
  try {
    await hook();
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(
      [{ where: 'onStart', problem: `it failed: ${describe(error)}`, remedy: 'mend the hook, or what it waits for' }],
      { cause: error },
    );
  }
}
