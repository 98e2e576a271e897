// The public names, and nothing else: nothing inside imports this file. reflect-metadata comes first, because tsyringe
// refuses to be loaded without it. Left out on purpose: everything of server/, which only `start` and
// `createApplication` lead to.
import 'reflect-metadata';

// Make and run an application.
export { type Application, type ApplicationOptions, createApplication } from './application.js';
export { start } from './start.js';
export type { DrainReport } from './server/http-server.js';

// Decorators.
export { Controller } from './decorators/controller.js';
export { FromBody, FromCookie, FromHeader, FromPath, FromQuery } from './decorators/from.js';
export { Http } from './decorators/http.js';
export { Sse } from './decorators/sse.js';
export { Use } from './decorators/use.js';
export { WebSocket } from './decorators/web-socket.js';
export type { SseResult, UpgradeResult } from './decorators/handler-type.js';
export type {
  Class,
  ControllerOptions,
  HttpOptions,
  ResumeOptions,
  RouteMethod,
  SseRouteOptions,
  WebSocketMoment,
  WebSocketOptions,
} from './routing/route-options.js';

// Injection: tsyringe's decorators, loaded in the right order.
export { delay, inject, injectable, injectAll, Lifecycle, scoped, singleton } from 'tsyringe';
export type { InjectionToken } from 'tsyringe';
export type { Provision, Token } from './context/injector.js';

// What handlers are given.
export { currentContext } from './context/current-context.js';
export {
  type ContextState,
  type Cookies,
  type EventType,
  HttpContext,
  type HttpMethod,
  type PathParameters,
  type QueryParameters,
} from './context/http-context.js';
export type { ResponseHead } from './context/response-head.js';
export type { SerializeOptions as CookieOptions } from './context/set-cookie.js';
export { SseContext } from './context/sse-context.js';
export type { SseEvent, SseOptions, SseStream } from './context/sse-stream.js';
export { UpgradeContext } from './context/upgrade-context.js';
export {
  type ChannelTarget,
  CloseEvent,
  type JoinOptions,
  type WebSocketConnection,
} from './context/web-socket-connection.js';
export { WebSocketContext } from './context/web-socket-context.js';
export { UploadedFile } from './body/uploaded-file.js';

// Middleware.
export type { Middleware, MiddlewareClass, MiddlewareFunction, MiddlewareHandler, Next } from './context/middleware.js';

// Results and errors.
export { type ErrorCode, ERROR_CODES } from './errors/error-codes.js';
export { type EventError, HttpError, type HttpErrorOptions } from './errors/http-error.js';
export type { Problem } from './errors/problem.js';
export { StartupError, type StartupMistake } from './errors/startup-error.js';
export { file, type FileOptions, type IntegrationResponse, redirect } from './server/result.js';

// Channels and the store.
export {
  type ChannelMessage,
  Channels,
  type ChannelsState,
  type Member,
  type Membership,
  type Overflow,
  type PublishOptions,
  type SubscribeOptions,
  SubscriptionOverflow,
} from './channels/channels.js';
export { MemoryChannels, type MemoryChannelsOptions } from './channels/memory-channels.js';
export { MemoryStore, type MemoryStoreOptions } from './channels/memory-store.js';
export { type IncrementOptions, type SetOptions, Store } from './channels/store.js';

// Platforms and health.
export type { PlatformHooks } from './server/platform-calls.js';
export type { ReadinessCheck, ReadinessChecks } from './server/readiness.js';
export type { TrustProxy } from './context/trusted-proxies.js';

// Options and log.
export type { GivenOptions } from './options.js';
export type { OptionSources } from './resolve-options.js';
export type { Logger, LogLevel, LogMethod } from './telemetry/log.js';
export type { MetricsRegister } from './telemetry/metrics.js';
