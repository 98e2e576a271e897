import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpContext, HttpError, inject, injectable, type MiddlewareHandler, type Next } from 'yunction';

/** The key that clients must send. A string is no class, so it is injected by this token. */
export const API_KEY = Symbol('API_KEY');

/** Middleware: lets through only who sends the right `X-Api-Key`. `@Use(ApiKey)` puts it around a controller. */
@injectable()
export class ApiKey implements MiddlewareHandler {
  readonly #digest: Buffer;

  constructor(@inject(API_KEY) key: string) {
    this.#digest = digestOf(key);
  }

  handle(context: HttpContext, next: Next): unknown {
    const given = context.headers['x-api-key'];
    // `===` is quicker the earlier two keys differ, which tells an attacker how far a guess was right.
    if (typeof given === 'string' && timingSafeEqual(digestOf(given), this.#digest)) return next();
    throw HttpError.unauthorized('send the right key in the header X-Api-Key', {
      headers: { 'WWW-Authenticate': 'ApiKey' },
    });
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
