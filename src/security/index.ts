// Ready-made middleware, published as `yunction/security`. Nothing of the framework itself imports this room, so that an
// application pays only for what it names.

// Who is it?
export { apiKey, type ApiKeyOptions, type KeyVerdict } from './api-key.js';
export { basicAuth, type BasicAuthOptions } from './basic-auth.js';
export { type Caller, callerOf } from './caller.js';
export { claimsOf, type JwtClaims, type RegisteredClaims } from './claims.js';
export { hashPassword } from './hash-password.js';
export { jwt, type JwtOptions } from './jwt.js';
export { signature, type SignatureOptions } from './signature.js';
export { signRequest, type SignRequestInit } from './sign-request.js';
export type { SignatureForm } from './signed-message.js';
export type { TokenSource } from './token-source.js';
export type { Jwk, JwtAlgorithm, JwtKey } from './verification-key.js';

// From where?
export { cors, type CorsOptions } from './cors.js';
export { csrf, type CsrfOptions } from './csrf.js';
export type { OriginRule } from './origin-rule.js';
export { securityHeaders, type SecurityHeadersOptions } from './security-headers.js';

// How much?
export { concurrencyLimit, type ConcurrencyLimitOptions } from './concurrency-limit.js';
export type { CountingKey } from './counting-key.js';
export { rateLimit, type RateLimitOptions, type RedisClient } from './rate-limit.js';
