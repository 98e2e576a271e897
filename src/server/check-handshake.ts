import type { IncomingMessage } from 'node:http';

import { HttpError } from '../errors/http-error.js';
import { methodNotAllowed } from '../routing/route.js';

/** Sixteen bytes in base64 (RFC 6455, section 4.1). */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Whether a request is a proper opening handshake (RFC 6455, section 4.2.1). @throws HttpError 400, 405 or 426. */
export function checkHandshake({ method, headers }: IncomingMessage): void {
  if (method !== 'GET') throw methodNotAllowed('GET');
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    throw HttpError.of('UPGRADE_REQUIRED', undefined, { headers: { Upgrade: 'websocket' } });
  }
  if (headers['sec-websocket-version'] !== '13') {
    throw HttpError.of('UPGRADE_REQUIRED', 'this server speaks version 13 of the protocol', {
      headers: { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
    });
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    throw HttpError.of('BAD_REQUEST', 'Sec-WebSocket-Key is not 16 bytes in base64');
  }
}

/**
 * Refuses a browser's cross-origin upgrade that carries cookies: no same-origin policy holds for WebSockets, so any page
 * could otherwise speak in its visitor's name (cross-site WebSocket hijacking). Other clients send no `Origin`.
 *
 * @param origins what may connect beside the server's own origin; `*`: everybody.
 * @throws HttpError 403 `ORIGIN_REFUSED`
 */
export function checkOrigin({ headers }: IncomingMessage, origins: readonly string[]): void {
  const { origin, cookie, host } = headers;
  if (origin === undefined || cookie === undefined) return;
  if (origins.includes('*') || origins.includes(origin)) return;
  if (host !== undefined && hostOf(origin) === host.toLowerCase()) return;
  throw HttpError.of('ORIGIN_REFUSED', 'add the origin to the option `origins` if it may connect');
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined; // `null`, as sandboxed pages send
  }
}
