import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { ROOT } from './imports.js';

/** Names that a declaration file exports; one that begins with `type ` is no value. */
function declared(file: string): string[] {
  const text = readFileSync(join(ROOT, 'built', file), 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const names: string[] = [];
  for (const [, type = '', list = ''] of text.matchAll(/^export\s+(type\s+)?\{([^}]*)\}/gm)) {
    for (const item of list.split(',').map((name) => name.trim())) {
      if (item === '') continue;
      const name = item.replace(/^type\s+/, '').replace(/^.*\s+as\s+/, '');
      names.push(type !== '' || item.startsWith('type ') ? `type ${name}` : name);
    }
  }
  assert.doesNotMatch(text, /export \*|export (?:default|declare|const|class|function|interface)/, 'a named list only');
  return names.sort();
}

function values(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith('type '));
}

const YUNCTION = [
  'Channels',
  'CloseEvent',
  'Controller',
  'ERROR_CODES',
  'FromBody',
  'FromCookie',
  'FromHeader',
  'FromPath',
  'FromQuery',
  'Http',
  'HttpContext',
  'HttpError',
  'Lifecycle',
  'MemoryChannels',
  'MemoryStore',
  'Sse',
  'SseContext',
  'StartupError',
  'Store',
  'SubscriptionOverflow',
  'UpgradeContext',
  'UploadedFile',
  'Use',
  'WebSocket',
  'WebSocketContext',
  'createApplication',
  'currentContext',
  'delay',
  'file',
  'inject',
  'injectAll',
  'injectable',
  'redirect',
  'scoped',
  'singleton',
  'start',
  'type Application',
  'type ApplicationOptions',
  'type ChannelMessage',
  'type ChannelTarget',
  'type ChannelsState',
  'type Class',
  'type ContextState',
  'type ControllerOptions',
  'type CookieOptions',
  'type Cookies',
  'type DrainReport',
  'type ErrorCode',
  'type EventError',
  'type EventType',
  'type FileOptions',
  'type GivenOptions',
  'type HttpErrorOptions',
  'type HttpMethod',
  'type HttpOptions',
  'type IncrementOptions',
  'type InjectionToken',
  'type IntegrationResponse',
  'type JoinOptions',
  'type LogLevel',
  'type LogMethod',
  'type Logger',
  'type Member',
  'type Membership',
  'type MemoryChannelsOptions',
  'type MemoryStoreOptions',
  'type MetricsRegister',
  'type Middleware',
  'type MiddlewareClass',
  'type MiddlewareFunction',
  'type MiddlewareHandler',
  'type Next',
  'type OptionSources',
  'type Overflow',
  'type PathParameters',
  'type PlatformHooks',
  'type Problem',
  'type Provision',
  'type PublishOptions',
  'type QueryParameters',
  'type ReadinessCheck',
  'type ReadinessChecks',
  'type ResponseHead',
  'type ResumeOptions',
  'type RouteMethod',
  'type SetOptions',
  'type SseEvent',
  'type SseOptions',
  'type SseResult',
  'type SseRouteOptions',
  'type SseStream',
  'type StartupMistake',
  'type SubscribeOptions',
  'type Token',
  'type TrustProxy',
  'type UpgradeResult',
  'type WebSocketConnection',
  'type WebSocketMoment',
  'type WebSocketOptions',
];

const REDIS = [
  'redis',
  'redisChannels',
  'redisStore',
  'type RedisChannels',
  'type RedisChannelsOptions',
  'type RedisConnectionOptions',
  'type RedisOptions',
  'type RedisStore',
  'type RedisStoreOptions',
];

const SECURITY = [
  'apiKey',
  'basicAuth',
  'callerOf',
  'claimsOf',
  'concurrencyLimit',
  'cors',
  'csrf',
  'hashPassword',
  'jwt',
  'rateLimit',
  'securityHeaders',
  'signRequest',
  'signature',
  'type ApiKeyOptions',
  'type BasicAuthOptions',
  'type Caller',
  'type ConcurrencyLimitOptions',
  'type CorsOptions',
  'type CountingKey',
  'type CsrfOptions',
  'type Jwk',
  'type JwtAlgorithm',
  'type JwtClaims',
  'type JwtKey',
  'type JwtOptions',
  'type KeyVerdict',
  'type OriginRule',
  'type RateLimitOptions',
  'type RedisClient',
  'type RegisteredClaims',
  'type SecurityHeadersOptions',
  'type SignRequestInit',
  'type SignatureForm',
  'type SignatureOptions',
  'type TokenSource',
];

const TESTING = [
  'FakeHttpContext',
  'FakeSseContext',
  'FakeSseStream',
  'FakeUpgradeContext',
  'FakeWebSocketConnection',
  'FakeWebSocketContext',
  'HttpRefused',
  'TestApplication',
  'TestEventStream',
  'TestResponse',
  'TestSseEvent',
  'TestWebSocket',
  'fakeHttpContext',
  'fakeSseContext',
  'fakeUpgradeContext',
  'fakeWebSocketContext',
  'testApplication',
  'type FakeContextInit',
  'type FakeSseContextInit',
  'type TestApplicationOptions',
  'type TestQuery',
  'type TestRequestInit',
  'type TestWebSocketInit',
  'type ValidateEventOptions',
  'type WebSocketEnd',
  'validateEvent',
];

const FUNCTIONS = ['functionProject', 'type FunctionReport', 'type FunctionSource'];
const CLIENT = [
  'ClientError',
  'connect',
  'streamEvents',
  'type Backoff',
  'type ClientProblem',
  'type ConnectOptions',
  'type Connection',
  'type ConnectionEvents',
  'type ConnectionState',
  'type MessageOrigin',
  'type RequestOptions',
  'type StreamEvent',
  'type StreamEventsOptions',
  'type WebSocketClass',
];

describe('The names that users can import', () => {
  it('from yunction are these: adding or removing one is a decision', async () => {
    assert.deepEqual(declared('index.d.ts'), YUNCTION);
    assert.deepEqual(Object.keys(await import('yunction')).sort(), values(YUNCTION));
  });

  it('from yunction/client are these', async () => {
    assert.deepEqual(declared('client/index.d.ts'), CLIENT);
    assert.deepEqual(Object.keys(await import('yunction/client')).sort(), values(CLIENT));
  });

  it('from yunction/redis are these', async () => {
    assert.deepEqual(declared('channels/redis/index.d.ts'), REDIS);
    assert.deepEqual(Object.keys(await import('yunction/redis')).sort(), values(REDIS));
  });

  it('from yunction/security are these', async () => {
    assert.deepEqual(declared('security/index.d.ts'), SECURITY);
    assert.deepEqual(Object.keys(await import('yunction/security')).sort(), values(SECURITY));
  });

  it('from yunction/testing are these', async () => {
    assert.deepEqual(declared('testing/index.d.ts'), TESTING);
    assert.deepEqual(Object.keys(await import('yunction/testing')).sort(), values(TESTING));
  });

  it('from yunction/functions are these', async () => {
    assert.deepEqual(declared('functions/index.d.ts'), FUNCTIONS);
    assert.deepEqual(Object.keys(await import('yunction/functions')).sort(), values(FUNCTIONS));
  });
});
