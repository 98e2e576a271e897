import type { BodyLimits } from '../body/body-limits.js';
import type { Channels } from '../channels/channels.js';
import type { Store } from '../channels/store.js';
import { enableCurrentContext } from '../context/current-context.js';
import type { Injector } from '../context/injector.js';
import type { Middleware } from '../context/middleware.js';
import { StartupError, type StartupMistake } from '../errors/startup-error.js';
import type { Route } from '../routing/route.js';
import type { Logger } from '../telemetry/log.js';
import { EndpointBuilder, type EndpointDefaults } from './build-endpoints.js';
import { requestRouter, socketRouter } from './endpoint-routers.js';
import type { Exchange } from './exchange.js';
import type { FunctionProject, FunctionSettings } from './function-table.js';
import { HandlerTimes } from './handler-times.js';
import { Heartbeats } from './heartbeats.js';
import { LiveConnections } from './live-connections.js';
import type { ServerSettings, Service } from './service.js';

/** The options that the server and its endpoints take. */
export type ServiceSettings = ServerSettings &
  BodyLimits &
  Omit<EndpointDefaults, 'limits' | 'use'> & {
    readonly trustProxy: boolean;
    readonly extendedContextKey: string;
    readonly currentContext: boolean;
  } & FunctionSettings;

/** What a service is made of. */
export interface ServiceParts {
  readonly settings: ServiceSettings;
  readonly routes: readonly Route[];
  readonly use: readonly Middleware[];
  readonly injector: Injector;
  readonly channels: Channels;
  readonly store: Store;
  readonly log: Logger;
  /** What `cloudbase-functions.json` names, where there are functions. */
  readonly functions?: FunctionProject | undefined;
}

/**
 * Builds the endpoints of checked routes and what their listeners share.
 * @throws StartupError for a path that the router refuses.
 */
export function createService(parts: ServiceParts): Service {
  const { settings, routes, use, injector, channels, store, log, functions } = parts;
  const defaults = { ...settings, limits: bodyLimitsOf(settings), use };
  const builder = new EndpointBuilder(injector, defaults);
  const { requests, sockets, layers, preflightLayers } = builder.build(routes);
  const mistakes: StartupMistake[] = [];
  const inFlight = new Set<Exchange>();
  const live = new LiveConnections();
  const extendedContextKey = settings.extendedContextKey.toLowerCase();
  const service: Service = {
    settings,
    contexts: {
      log,
      requestIdHeaders: functions?.requestIdHeaders ?? settings.platform.requestIdHeaders,
      trustProxy: settings.trustProxy,
      extendedContextKey,
      extendedContext: functions?.extendedContext,
      store,
    },
    log,
    injector,
    channels,
    store,
    requests: requestRouter(requests, mistakes),
    sockets: socketRouter(sockets, mistakes),
    layers,
    functions: functions?.open(
      { settings, defaults, injector, channels, log, extendedContextKey, inFlight, live },
      routes.length === 0,
    ),
    preflightLayers,
    currentContext: settings.currentContext ? enableCurrentContext() : undefined,
    inFlight,
    handlerTimes: new HandlerTimes(inFlight),
    releasing: new Set(),
    live,
    heartbeats: new Heartbeats(),
    received: 0,
    draining: false,
  };
  if (mistakes.length > 0) throw new StartupError(mistakes);
  return service;
}

function bodyLimitsOf(settings: BodyLimits): BodyLimits {
  const { maxBodyBytes, maxJsonDepth, maxFormFields, maxFormParts, maxFieldNameBytes } = settings;
  const { maxFiles, maxFileBytes, multipartTimeoutMs, temporaryFolder } = settings;
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
