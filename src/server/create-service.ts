import type { BodyLimits } from '../body/body-limits.js';
import type { Channels } from '../channels/channels.js';
import type { Store } from '../channels/store.js';
import { enableCurrentContext } from '../context/current-context.js';
import type { Injector } from '../context/injector.js';
import type { Middleware } from '../context/middleware.js';
import { type TrustedHops, trustedHops, type TrustProxy } from '../context/trusted-proxies.js';
import { StartupError, type StartupMistake } from '../errors/startup-error.js';
import type { Route } from '../routing/route.js';
import type { Logger } from '../telemetry/log.js';
import { EndpointBuilder, type EndpointDefaults } from './build-endpoints.js';
import { requestRouter, socketRouter } from './endpoint-routers.js';
import type { Exchange } from './exchange.js';
import type { FunctionProject, FunctionSettings } from './function-table.js';
import { HandlerTimes } from './handler-times.js';
import { Heartbeats, warnOfHeartbeats } from './heartbeats.js';
import { LiveConnections } from './live-connections.js';
import { type PlatformHooks, platformCalls } from './platform-calls.js';
import { Readiness, readinessChecks, type ReadinessChecks } from './readiness.js';
import { ResponseLimits } from './response-limits.js';
import type { ServerSettings, Service } from './service.js';

/** The options that the server and its endpoints take. */
export type ServiceSettings = ServerSettings &
  BodyLimits &
  Omit<EndpointDefaults, 'limits' | 'use'> & {
    readonly trustProxy: TrustProxy;
    readonly extendedContextKey: string;
    readonly claimHeaders: readonly string[];
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
  /** Default: none. */
  readonly readiness?: ReadinessChecks;
  /** Default: none. */
  readonly hooks?: PlatformHooks;
}

/**
 * Builds the endpoints of checked routes and what their listeners share.
 * @throws StartupError for a path that the router refuses.
 */
export function createService(parts: ServiceParts): Service {
  const { settings, routes, use, injector, channels, store, log, functions, readiness = {}, hooks = {} } = parts;
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
      trustProxy: isTrusting(settings.trustProxy),
      trustedHops: hopsOf(settings.trustProxy),
      extendedContextKey,
      extendedContext: functions?.extendedContext,
      store,
      claimHeaders: new Set(settings.claimHeaders.map((name) => name.toLowerCase())),
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
    responseLimits: new ResponseLimits({ settings, log }),
    readiness: new Readiness(readinessChecks(readiness, channels, store), settings.readinessTimeoutMs, log),
    platformCalls: settings.platform.callsHooks ? platformCalls(hooks, bodyLimitsOf(settings)) : undefined,
    goDown: () => undefined,
    starting: undefined,
    observer: undefined,
    tracing: undefined,
    metrics: undefined,
    received: 0,
    draining: false,
  };
  if (mistakes.length > 0) throw new StartupError(mistakes);
  warnOfHeartbeats(routes, settings.wsIdleTimeoutMs, log);
  return service;
}

/** Whether any proxy is believed. */
function isTrusting(trust: TrustProxy): boolean {
  return typeof trust === 'object' ? trust.length > 0 : Boolean(trust);
}

/** Nobody, or the one proxy in front, needs no look at the request. */
function hopsOf(trust: TrustProxy): TrustedHops | undefined {
  return typeof trust === 'boolean' ? undefined : trustedHops(trust);
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
