import type { IncomingMessage } from 'node:http';

import { clientHost } from '../context/client-address.js';
import { HttpError } from '../errors/http-error.js';
import { methodNotAllowed } from '../routing/route.js';

/** Sixteen bytes in base64 (RFC 6455, section 4.1). */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Whether a request is a proper opening handshake (RFC 6455, section 4.2.1). @throws HttpError 400, 405 or 426. */
export function checkHandshake({ method, headers, httpVersion }: IncomingMessage): void {
  if (method !== 'GET') throw methodNotAllowed('GET');
  if (httpVersion !== '1.1') throw HttpError.of('BAD_REQUEST', 'a WebSocket begins with HTTP/1.1');
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
 * @param hops how many proxies in front are believed: their `X-Forwarded-Host` is the server's own host. No page can set it.
 * @throws HttpError 403 `ORIGIN_REFUSED`
 */
export function checkOrigin(request: IncomingMessage, origins: readonly string[], hops: number | boolean): void {
  const { origin, cookie, host } = request.headers;
  if (origin === undefined || cookie === undefined) return;
  if (origins.includes('*') || origins.includes(origin)) return;
  if (isHostOf(origin, host)) return;
  if (isHostOf(origin, clientHost(request, hops))) return;
  throw HttpError.of('ORIGIN_REFUSED', 'add the origin to the option `origins` if it may connect');
}

/** Whether an origin is a page of this host. A port that is its scheme's own may be named or not. */
function isHostOf(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  try {
    const page = new URL(origin);
    return page.host !== '' && page.host === new URL(`${page.protocol}//${host}`).host;
  } catch {
    return false; // `null`, as sandboxed pages send, or a host that is none
  }
}
