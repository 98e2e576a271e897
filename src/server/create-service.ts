import type { BodyLimits } from '../body/body-limits.js';
import type { Channels } from '../channels/channels.js';
import { enableCurrentContext } from '../context/current-context.js';
import type { Injector } from '../context/injector.js';
import type { Middleware } from '../context/middleware.js';
import { type TrustedHops, trustedHops, type TrustProxy } from '../context/trusted-proxies.js';
import { StartupError, type StartupMistake } from '../errors/startup-error.js';
import { Router } from '../routing/router.js';
import { type Route, routeName } from '../routing/route.js';
import type { Logger } from '../telemetry/log.js';
import { EndpointBuilder, type EndpointDefaults } from './build-endpoints.js';
import type { RequestEndpoint, WebSocketEndpoint } from './endpoint.js';
import type { Exchange } from './exchange.js';
import { HandlerTimes } from './handler-times.js';
import { Heartbeats } from './heartbeats.js';
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
  };

/** What a service is made of. */
export interface ServiceParts {
  readonly settings: ServiceSettings;
  readonly routes: readonly Route[];
  readonly use: readonly Middleware[];
  readonly injector: Injector;
  readonly channels: Channels;
  readonly log: Logger;
  /** Default: none. */
  readonly readiness?: ReadinessChecks;
  /** Default: none. */
  readonly hooks?: PlatformHooks;
}

/**
 * Builds the endpoints of checked routes and what their listeners share.
 * @throws StartupError for a path that the router refuses.
 */
export function createService({
  settings,
  routes,
  use,
  injector,
  channels,
  log,
  readiness = {},
  hooks = {},
}: ServiceParts): Service {
  const builder = new EndpointBuilder(injector, { ...settings, limits: bodyLimitsOf(settings), use });
  const { requests, sockets, layers } = builder.build(routes);
  const mistakes: StartupMistake[] = [];
  const inFlight = new Set<Exchange>();
  const service: Service = {
    settings,
    contexts: {
      log,
      requestIdHeaders: settings.platform.requestIdHeaders,
      trustProxy: isTrusting(settings.trustProxy),
      trustedHops: hopsOf(settings.trustProxy),
      extendedContextKey: settings.extendedContextKey.toLowerCase(),
      claimHeaders: new Set(settings.claimHeaders.map((name) => name.toLowerCase())),
    },
    log,
    injector,
    channels,
    requests: requestRouter(requests, mistakes),
    sockets: socketRouter(sockets, mistakes),
    layers,
    currentContext: settings.currentContext ? enableCurrentContext() : undefined,
    inFlight,
    handlerTimes: new HandlerTimes(inFlight),
    releasing: new Set(),
    live: new LiveConnections(),
    heartbeats: new Heartbeats(),
    responseLimits: new ResponseLimits({ settings, log }),
    readiness: new Readiness(readinessChecks(readiness, channels), settings.readinessTimeoutMs, log),
    platformCalls: settings.platform.callsHooks ? platformCalls(hooks, bodyLimitsOf(settings)) : undefined,
    goDown: () => undefined,
    starting: undefined,
    received: 0,
    draining: false,
  };
  if (mistakes.length > 0) throw new StartupError(mistakes);
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

function requestRouter(endpoints: readonly RequestEndpoint[], mistakes: StartupMistake[]): Router<RequestEndpoint> {
  const router = new Router<RequestEndpoint>();
  for (const endpoint of endpoints) {
    const { methods, path, file } = endpoint.route;
    collect({ where: routeName(endpoint.route), file }, mistakes, () => router.add(methods, path, endpoint));
  }
  return router;
}

function socketRouter(endpoints: readonly WebSocketEndpoint[], mistakes: StartupMistake[]): Router<WebSocketEndpoint> {
  const router = new Router<WebSocketEndpoint>();
  for (const endpoint of endpoints) {
    collect({ where: endpoint.name }, mistakes, () => router.add(['GET'], endpoint.path, endpoint));
  }
  return router;
}

/** A path that the router refuses, for reasons of its own: an unsafe regular expression, two names for one place. */
function collect(at: { where: string; file?: string | undefined }, mistakes: StartupMistake[], add: () => void): void {
  try {
    add();
  } catch (error) {
    const problem = `the router refuses its path: ${error instanceof Error ? error.message : String(error)}`;
    mistakes.push({ ...at, problem, remedy: 'write the path in another way' });
  }
}
