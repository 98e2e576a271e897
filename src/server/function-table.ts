import type { Channels } from '../channels/channels.js';
import type { Injector } from '../context/injector.js';
import type { Middleware } from '../context/middleware.js';
import type { Platform } from '../platform/platform.js';
import type { Match } from '../routing/router.js';
import type { RouteRow } from '../routing/route-table.js';
import type { Logger } from '../telemetry/log.js';
import type { AnswerForm } from './answer-form.js';
import type { EndpointDefaults } from './build-endpoints.js';
import type { RequestEndpoint, WebSocketEndpoint } from './endpoint.js';
import type { Exchange } from './exchange.js';
import type { LiveConnections } from './live-connections.js';

/** The options that functions take; their meaning and defaults are in the options table. */
export interface FunctionSettings {
  readonly platform: Platform;
  readonly functionsConfigFile: string;
  readonly functionsRoot: string;
  readonly loadAllFunctions: boolean;
  readonly source: string;
  readonly target: string;
  readonly eager: boolean;
  readonly concurrencyLimit: number;
  readonly extendedContext: string;
  readonly enableCors: boolean;
  readonly allowedOrigins: readonly string[];
  readonly allowedAccounts: readonly string[];
  readonly staticServeRoot: string;
  readonly staticServeIndex: string;
  readonly staticServeMaxAge: number;
  readonly handlerTimeoutMs: number;
  readonly maxQueuedMessages: number;
}

/** What functions have of the server that they are served by. */
export interface FunctionHost {
  readonly settings: FunctionSettings;
  readonly defaults: EndpointDefaults;
  readonly injector: Injector;
  readonly channels: Channels;
  readonly log: Logger;
  /** The header of the extended context, lower case; empty: none is believed. */
  readonly extendedContextKey: string;
  readonly inFlight: ReadonlySet<Exchange>;
  readonly live: LiveConnections;
}

/** Where an application's functions come from (option `functions`). */
export interface FunctionSource {
  /** Finds the functions and loads none. @throws StartupError for what is wrong with their configuration. */
  read(settings: FunctionSettings): FunctionProject;
}

/** The functions of a project, found and not yet loaded. */
export interface FunctionProject {
  /** Middleware that the options ask for, around everything, outermost first. */
  readonly use: readonly Middleware[];
  /** Headers that may carry the request's id, most trusted first. */
  readonly requestIdHeaders: readonly string[];
  /** The extended context of requests whose headers bring none. */
  readonly extendedContext: Record<string, unknown> | undefined;
  /** @param alone whether the application has no routes of its own. */
  open(host: FunctionHost, alone: boolean): FunctionTable;
}

/** How the loading of one function went. */
export interface FunctionReport {
  readonly name: string;
  /** The module, as it is written in messages. */
  readonly file: string;
  readonly ms: number;
  /** What stopped it; `undefined`: it is loaded. */
  readonly failure: string | undefined;
}

/** The functions of an application, as the server asks for them. */
export interface FunctionTable {
  /** How what belongs to no function is answered, where there are functions only. */
  readonly form: AnswerForm | undefined;
  /** Whether a function has this path. */
  has(url: string): boolean;
  /** What a request to this URL has to wait for: its function is being loaded. It never rejects. */
  waitFor(url: string): Promise<void> | undefined;
  /** The endpoint of a request. One whose function could not be loaded answers so. @throws HttpError 400 for the URL. */
  matchRequest(method: string, url: string): Match<RequestEndpoint> | undefined;
  /** The endpoint of an upgrade. @throws HttpError for the URL, and for a function that could not be loaded. */
  matchSocket(url: string): Match<WebSocketEndpoint> | undefined;
  /** The `Allow` header of a path that controllers of a function answer; empty: no function has it. */
  allowed(url: string): string;
  /** Loads all that is not loaded, in parallel. It never rejects. */
  loadAll(): Promise<readonly FunctionReport[]>;
  /** One row a function, or a row for each route of those that hold controllers. */
  rows(): readonly RouteRow[];
  /** Disposes what the functions' own containers have made. */
  close(): Promise<void>;
}
