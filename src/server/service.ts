import type { AsyncLocalStorage } from 'node:async_hooks';

import type { Channels } from '../channels/channels.js';
import type { Store } from '../channels/store.js';
import type { ContextSettings, HttpContext } from '../context/http-context.js';
import type { Injector } from '../context/injector.js';
import type { Platform } from '../platform/platform.js';
import type { Router } from '../routing/router.js';
import type { Logger } from '../telemetry/log.js';
import type { Observer } from '../telemetry/observer.js';
import type { Tracing } from '../telemetry/tracing.js';
import type { RequestEndpoint, Layer, WebSocketEndpoint } from './endpoint.js';
import type { Exchange } from './exchange.js';
import type { FunctionTable } from './function-table.js';
import type { HandlerTimes } from './handler-times.js';
import type { Heartbeats } from './heartbeats.js';
import type { LiveConnections } from './live-connections.js';
import type { PlatformCall } from './platform-calls.js';
import type { Readiness } from './readiness.js';
import type { ResponseLimits } from './response-limits.js';
import type { MetricsEndpoint } from './metrics-endpoint.js';

/** The limits and times that the server itself keeps; their meaning and defaults are in the options table. */
export interface ServerSettings {
  readonly platform: Platform;
  readonly maxUrlBytes: number;
  readonly maxHeaders: number;
  readonly maxHeaderBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly executionTimeoutMs: number;
  readonly handlerTimeoutMs: number;
  readonly maxRequestsPerSocket: number;
  readonly maxPipelinedRequests: number;
  readonly writeTimeoutMs: number;
  readonly maxMessagesPerSecond: number;
  readonly maxBytesPerSecond: number;
  readonly healthPath: string;
  readonly readyPath: string;
  readonly readinessTimeoutMs: number;
  readonly drainOnPreStop: boolean;
  readonly invokeMarks: boolean;
  readonly shutdownMs: number;
  readonly idleCloseMs: number;
  readonly maxBufferedBytes: number;
  readonly maxQueuedMessages: number;
  readonly maxJsonDepth: number;
  readonly sseOpenMs: number;
  readonly sseHeartbeatMs: number;
  readonly exposeErrors: boolean;
}

/** What the listeners of one server share. */
export interface Service {
  readonly settings: ServerSettings;
  readonly contexts: ContextSettings;
  readonly log: Logger;
  readonly injector: Injector;
  readonly channels: Channels;
  readonly store: Store;
  readonly requests: Router<RequestEndpoint>;
  readonly sockets: Router<WebSocketEndpoint>;
  /** The application's own middleware, which also wraps the answers to requests that no route matches. */
  readonly layers: readonly Layer[];
  /** The functions of `cloudbase-functions.json`, asked where no route of the application's own matches. */
  readonly functions: FunctionTable | undefined;
  /** Those of them that answer CORS preflights. */
  readonly preflightLayers: readonly Layer[];
  readonly currentContext: AsyncLocalStorage<HttpContext> | undefined;
  /** Every request that is being answered. */
  readonly inFlight: Set<Exchange>;
  readonly handlerTimes: HandlerTimes;
  /** What ended requests held and is being given back: the process does not end before it is. */
  readonly releasing: Set<Promise<void>>;
  /** Every event stream and WebSocket that is open. */
  readonly live: LiveConnections;
  readonly heartbeats: Heartbeats;
  readonly responseLimits: ResponseLimits;
  readonly readiness: Readiness;
  /** What the platform itself calls, by path; `undefined` where it calls nothing. */
  readonly platformCalls: ReadonlyMap<string, PlatformCall> | undefined;
  /** Ends the application; set by it. Called after PreStop where the options say so. */
  goDown: () => void;
  /** Resolves when the `onStart` hooks have run, while the server listens already and they have not. */
  starting: Promise<unknown> | undefined;
  /** Who is told of requests and connections: the access log, metrics, spans. `undefined`: nobody. Set before listening. */
  observer: Observer | undefined;
  /** Runs handlers within their spans. Among the observers, too. */
  tracing: Tracing | undefined;
  /** What answers Prometheus on the server's own port. Set before listening. */
  metrics: MetricsEndpoint | undefined;
  /** How many requests have come. */
  received: number;
  /** Set when the server goes down. */
  draining: boolean;
}
