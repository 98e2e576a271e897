import type { HttpContext } from '../context/http-context.js';

/** The registered claims of a token (RFC 7519, section 4.1). */
export interface RegisteredClaims {
  /** Who issued it. */
  iss?: string;
  /** Whom it is about. */
  sub?: string;
  /** Whom it is for. */
  aud?: string | string[];
  /** When it ends, in seconds since the epoch. */
  exp?: number;
  /** When it begins to hold, in seconds since the epoch. */
  nbf?: number;
  /** When it was issued, in seconds since the epoch. */
  iat?: number;
  /** Its id. */
  jti?: string;
}

/** They, and whatever else its issuer puts in. */
export interface JwtClaims extends RegisteredClaims {
  [name: string]: unknown;
}

/** A symbol, so that it is in nobody's way among what middleware leaves there. */
const CLAIMS = Symbol('yunction.claims');

/**
 * The claims of the token that `jwt()` has let in. On a WebSocket they are there for every message.
 *
 * @typeParam Claims What your issuer puts in: no others can be read then. It is not checked: a claim that matters should be.
 * @throws Error where no `jwt()` stands around the handler: a guard that was forgotten must not look like an empty token.
 * @example
 * @Http('GET', '/mine')
 * mine(event: unknown, context: HttpContext) {
 *   return this.orders.of(claimsOf<{ tenant: string }>(context).tenant);
 * }
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is what the caller knows of its issuer
export function claimsOf<Claims extends object = JwtClaims>(context: HttpContext<object>): RegisteredClaims & Claims {
  const claims = (context.state as { [CLAIMS]?: RegisteredClaims & Claims })[CLAIMS];
  if (claims === undefined) throw new Error('claimsOf(): no jwt() stands around this handler');
  return claims;
}

/** Leaves them for the handler. */
export function setClaims(context: HttpContext<object>, claims: JwtClaims): void {
  (context.state as { [CLAIMS]?: JwtClaims })[CLAIMS] = claims;
}
