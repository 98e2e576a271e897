import 'reflect-metadata';
import { accessSync, constants, mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

import type { BodyLimits } from './body/body-limits.js';
import { Channels } from './channels/channels.js';
import { MemoryChannels } from './channels/memory-channels.js';
import { enableCurrentContext } from './context/current-context.js';
import { Injector, type Provision } from './context/injector.js';
import type { Middleware } from './context/middleware.js';
import { StartupError, type StartupMistake } from './errors/startup-error.js';
import { type GivenOptions, type Options, OPTIONS, type OptionSources, resolveOptions } from './options.js';
import { Router } from './routing/router.js';
import { buildRouteTable, printRoutes } from './routing/route-table.js';
import type { Class } from './routing/route-options.js';
import { type Route, routeName } from './routing/route.js';
import { EndpointBuilder, findEventMistakes, findSplitSockets, injectedClasses } from './server/build-endpoints.js';
import type { RequestEndpoint, WebSocketEndpoint } from './server/endpoint.js';
import { Heartbeats } from './server/heartbeats.js';
import { type DrainReport, HttpServer } from './server/http-server.js';
import { LiveConnections } from './server/live-connections.js';
import type { Service } from './server/service.js';
import { createLogger, type Logger } from './telemetry/log.js';

/** What an application is made of, and every option of the options table. */
export interface ApplicationOptions extends GivenOptions {
  /** The controller classes. */
  controllers: readonly Class[];
  /** Middleware around every route, outermost first. */
  use?: readonly Middleware[];
  /** What is injected for a token or in place of a class: a value, or a tsyringe provider such as `{ useClass }`. */
  providers?: readonly Provision[];
  /** Writes the log in place of the built-in logger; pino's fits. */
  log?: Logger;
  /** Called before the server listens, in order. A failing one stops the start. */
  onStart?: (() => unknown) | readonly (() => unknown)[];
  /** Called when the last request has ended, in order; then singletons are disposed. */
  onClose?: (() => unknown) | readonly (() => unknown)[];
}

/**
 * Makes an application: reads the decorators, checks everything, fills and constructs the controllers. It does not
 * listen yet: `await application.listen()`.
 *
 * @throws StartupError that names every mistake and its remedy.
 * @example
 * const application = createApplication({ controllers: [OrderController], port: 0 });
 * const { port } = await application.listen();
 */
export function createApplication(options: ApplicationOptions): Application {
  return new Application(options, { env: process.env });
}

const NOT_TABLED = ['controllers', 'use', 'providers', 'log', 'onStart', 'onClose'];

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
  #closing: Promise<DrainReport> | undefined;

  /** Use {@link createApplication}. */
  constructor(given: ApplicationOptions, sources: OptionSources) {
    const { controllers, use = [], providers = [], onStart = [], onClose = [] } = given;
    this.options = resolveOptions(tabledOptions(given), sources);
    this.log = given.log ?? createLogger({ level: this.options.logLevel, format: this.options.logFormat });
    this.#onStart = typeof onStart === 'function' ? [onStart] : onStart;
    this.#onClose = typeof onClose === 'function' ? [onClose] : onClose;

    const table = buildRouteTable(controllers);
    refuse([...table.mistakes, ...findSplitSockets(table.routes), ...findEventMistakes(table.routes)]);
    this.routes = table.routes;

    const channels = new MemoryChannels({
      maxMessages: this.options.channelMaxMessages,
      maxAgeMs: this.options.channelMaxAgeMs,
    });
    this.#injector = new Injector([[Channels, channels], ...providers]);
    refuse(this.#injector.prepare(injectedClasses(table.routes, use)));

    this.#service = this.#createService(use);
    this.#server = new HttpServer(this.#service);
  }

  /**
   * Begins to listen on the options' port and host. Resolves to the address.
   * @throws StartupError (rejected) when the port is taken, a folder cannot be written or an `onStart` fails.
   */
  async listen(): Promise<AddressInfo> {
    if (this.routes.some(mayUpload)) checkTemporaryFolder(this.options.temporaryFolder);
    for (const hook of this.#onStart) await runStartHook(hook);
    const { port, host } = this.options;
    try {
      return await this.#server.listen(port, host);
    } catch (error) {
      throw new StartupError([listenMistake(error, port, host)], { cause: error });
    }
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

  /** The ids of all that is being handled now: for the log of an error that belongs to one of them, nobody knows which. */
  get requestsInFlight(): readonly string[] {
    const { currentContext, inFlight, live } = this.#service;
    const current = currentContext?.getStore()?.requestId;
    if (current !== undefined) return [current];
    return [...new Set([...[...inFlight].map(({ context }) => context.requestId), ...live.requestIds])];
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
    await this.#service.channels.close();
    return report;
  }

  #createService(use: readonly Middleware[]): Service {
    const { options } = this;
    const builder = new EndpointBuilder(this.#injector, { ...options, limits: bodyLimitsOf(options), use });
    const { requests, sockets, layers } = builder.build(this.routes);
    const mistakes: StartupMistake[] = [];
    const service: Service = {
      settings: options,
      contexts: {
        log: this.log,
        requestIdHeaders: options.platform.requestIdHeaders,
        trustProxy: options.trustProxy,
        extendedContextKey: options.extendedContextKey.toLowerCase(),
      },
      log: this.log,
      injector: this.#injector,
      channels: this.#injector.resolve(Channels),
      requests: requestRouter(requests, mistakes),
      sockets: socketRouter(sockets, mistakes),
      layers,
      currentContext: options.currentContext ? enableCurrentContext() : undefined,
      inFlight: new Set(),
      live: new LiveConnections(),
      heartbeats: new Heartbeats(),
      draining: false,
    };
    refuse(mistakes);
    return service;
  }
}

function tabledOptions(given: ApplicationOptions): GivenOptions {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !NOT_TABLED.includes(name)));
}

/** Stops the start where there are mistakes. */
function refuse(mistakes: readonly StartupMistake[]): void {
  if (mistakes.length > 0) throw new StartupError(mistakes);
}

function bodyLimitsOf(options: Options): BodyLimits {
  const { maxBodyBytes, maxJsonDepth, maxFormFields, maxFormParts, maxFieldNameBytes } = options;
  const { maxFiles, maxFileBytes, multipartTimeoutMs, temporaryFolder } = options;
  return {
    maxBodyBytes,
    maxJsonDepth,
    maxFormFields,
    maxFormParts,
    maxFieldNameBytes,
    maxFiles,
    maxFileBytes,
    multipartTimeoutMs,
    temporaryFolder,
  };
}

function requestRouter(endpoints: readonly RequestEndpoint[], mistakes: StartupMistake[]): Router<RequestEndpoint> {
  const router = new Router<RequestEndpoint>();
  for (const endpoint of endpoints) {
    const { methods, path } = endpoint.route;
    collect(endpoint.route, mistakes, () => router.add(methods, path, endpoint));
  }
  return router;
}

function socketRouter(endpoints: readonly WebSocketEndpoint[], mistakes: StartupMistake[]): Router<WebSocketEndpoint> {
  const router = new Router<WebSocketEndpoint>();
  for (const endpoint of endpoints) {
    const where = { controller: { name: endpoint.name }, method: '' };
    collect(where, mistakes, () => router.add(['GET'], endpoint.path, endpoint));
  }
  return router;
}

/** A path that the router refuses, for reasons of its own: an unsafe regular expression, two names for one place. */
function collect(
  route: { controller: { name: string }; method: string; file?: string | undefined },
  mistakes: StartupMistake[],
  add: () => void,
): void {
  try {
    add();
  } catch (error) {
    const problem = `the router refuses its path: ${error instanceof Error ? error.message : String(error)}`;
    mistakes.push({ where: routeName(route), file: route.file, problem, remedy: 'write the path in another way' });
  }
}

/** Whether a route parses bodies, and so may have to store files. */
function mayUpload(route: Route): boolean {
  return route.protocol !== 'websocket' && route.methods.some((method) => method !== 'GET' && method !== 'HEAD');
}

function checkTemporaryFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartupError(
      [
        {
          where: `the folder ${folder}`,
          problem: `uploads cannot be stored there: ${(error as NodeJS.ErrnoException).code ?? 'it is not writable'}`,
          remedy: `name a folder that can be written to: \`start({ temporaryFolder: '/tmp' })\`, or ${OPTIONS.temporaryFolder.env[0]}=/tmp`,
        },
      ],
      { cause: error },
    );
  }
}

async function runStartHook(hook: () => unknown): Promise<void> {
  try {
    await hook();
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const problem = `it failed: ${error instanceof Error ? error.message : String(error)}`;
    throw new StartupError([{ where: 'onStart', problem, remedy: 'mend the hook, or what it waits for' }], {
      cause: error,
    });
  }
}

function listenMistake(error: unknown, port: number, host: string): StartupMistake {
  const { code } = error as NodeJS.ErrnoException;
  const where = `port ${port}`;
  if (code === 'EADDRINUSE') {
    return {
      where,
      problem: 'it is taken',
      remedy: `stop the process that has it, or choose another: PORT=${port + 1}`,
    };
  }
  if (code === 'EACCES') {
    return { where, problem: 'this user may not listen on it', remedy: 'choose one above 1023: PORT=9000' };
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return { where: `host ${host}`, problem: 'this machine has no such address', remedy: 'listen on 0.0.0.0' };
  }
  return {
    where,
    problem: `it cannot be listened on: ${code ?? String(error)}`,
    remedy: 'choose another port or host',
  };
}
