// Longer than 250 lines because the order of a start and of an end stands on one page.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';

import { Channels } from './channels/channels.js';
import { MemoryChannels } from './channels/memory-channels.js';
import { checkTemporaryFolder } from './check-temporary-folder.js';
import { Injector, type Provision } from './context/injector.js';
import type { Middleware } from './context/middleware.js';
import { describe } from './errors/problem.js';
import { StartupError, type StartupMistake } from './errors/startup-error.js';
import type { GivenOptions, Options } from './options.js';
import { type OptionSources, resolveOptions } from './resolve-options.js';
import type { Class } from './routing/route-options.js';
import { controllerFile } from './routing/route-records.js';
import { buildRouteTable, printRoutes } from './routing/route-table.js';
import type { Route } from './routing/route.js';
import { injectedClasses } from './server/build-endpoints.js';
import { checkRoutes } from './server/check-routes.js';
import { createService } from './server/create-service.js';
import { explainEvents } from './server/explain-events.js';
import { type DrainReport, HttpServer } from './server/http-server.js';
import { listenMistake } from './server/listen-mistake.js';
import type { PlatformHooks } from './server/platform-calls.js';
import type { ReadinessChecks } from './server/readiness.js';
import type { Service } from './server/service.js';
import { createLogger, type Logger } from './telemetry/log.js';

/** What an application is made of, and every option of the options table. */
export interface ApplicationOptions extends GivenOptions, PlatformHooks {
  /** The controller classes. */
  controllers: readonly Class[];
  /** Middleware around every route, outermost first. */
  use?: readonly Middleware[];
  /** What is injected for a token or in place of a class: a value, or a tsyringe provider such as `{ useClass }`. */
  providers?: readonly Provision[];
  /** Writes the log in place of the built-in logger; pino's fits. */
  log?: Logger;
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
  readonly #onStart: readonly (() => unknown)[];
  readonly #onClose: readonly (() => unknown)[];
  #listening: Promise<AddressInfo> | undefined;
  #closing: Promise<DrainReport> | undefined;

  /** Use {@link createApplication}. */
  constructor(given: ApplicationOptions, sources: OptionSources) {
    const { controllers, use = [], providers = [], log, readiness = {}, onStart = [], onClose = [], ...rest } = given;
    const { onInitialize, onPreStop, onPreFreeze, onInvoke, ...options } = rest;
    this.options = resolveOptions(options, sources);
    this.log = log ?? createLogger({ level: this.options.logLevel, format: this.options.logFormat });
    this.#onStart = typeof onStart === 'function' ? [onStart] : onStart;
    this.#onClose = typeof onClose === 'function' ? [onClose] : onClose;

    const { routes, mistakes } = buildRouteTable(controllers);
    this.routes = routes;
    const wrong = [...mistakes, ...checkRoutes(routes, use)];
    const { channelMaxMessages: maxMessages, channelMaxAgeMs: maxAgeMs } = this.options;
    this.#injector = new Injector([[Channels, new MemoryChannels({ maxMessages, maxAgeMs })], ...providers]);
    wrong.push(...this.#injector.inspect(injectedClasses(routes, use), controllerFile));
    refuse(wrong);
    refuse(this.#injector.construct());

    this.#service = createService({
      settings: this.options,
      routes,
      use,
      injector: this.#injector,
      channels: this.#injector.resolve(Channels),
      log: this.log,
      readiness,
      hooks: { onInitialize, onPreStop, onPreFreeze, onInvoke },
    });
    this.#service.goDown = () => void this.close();
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
    return printRoutes(this.routes);
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
    if (this.routes.some(mayUpload)) checkTemporaryFolder(temporaryFolder);
    if (listenFirst) return await this.#listenFirst();
    // No turn is given away where nothing has to be waited for: close() would find no server yet, and leave this one open.
    if (this.#onStart.length > 0) await this.#start();
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
    for (const hook of this.#onStart) {
      this.#refuseWhenClosing();
      await runStartHook(hook);
    }
  }

  async #open(): Promise<AddressInfo> {
    this.#refuseWhenClosing();
    const { port, host } = this.options;
    try {
      return await this.#server.listen(port, host);
    } catch (error) {
      throw new StartupError([listenMistake(error, port, host)], { cause: error });
    }
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
      await this.#injector.dispose();
    } catch (error) {
      this.log.error({ err: error }, 'a singleton could not be disposed');
    }
    try {
      await this.#service.channels.close();
    } catch (error) {
      this.log.error({ err: error }, 'the channels could not be closed');
    }
    return report;
  }
}

/** Stops the start where there are mistakes. */
function refuse(mistakes: readonly StartupMistake[]): void {
  if (mistakes.length > 0) throw new StartupError(mistakes);
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
