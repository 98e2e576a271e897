import type { IncomingMessage } from 'node:http';

import { isOwnOrigin } from '../context/own-origin.js';
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

/** A page from a bare address: any device of a private network may have it. */
const ADDRESS = /^(?:\[.*\]|\d+\.\d+\.\d+\.\d+)$/;

/** Names that always mean the machine itself (RFC 6761, section 6.3). */
const LOCALHOST = /^(?:.+\.)?localhost$/;

/**
 * Refuses a browser's cross-origin upgrade that carries what browsers add by themselves, cookies or `Authorization`: no
 * same-origin policy holds for WebSockets, so any page could otherwise speak in its visitor's name (cross-site WebSocket
 * hijacking). An origin that nobody can be held to is refused without them too: `null` (sandboxed pages, local files)
 * and bare addresses. And where the server is one of this machine or of a private network, asked for by its address, a
 * page of the world is: the visitor's browser would be its way in, with no credentials needed (CVE-2018-14732). Other
 * clients than browsers send no `Origin`.
 *
 * @param origins what may connect beside the server's own origin; `*`: everybody.
 * @param hops how many proxies in front are believed: their `X-Forwarded-Host` is the server's own host. No page can set it.
 * @throws HttpError 403 `ORIGIN_REFUSED`
 */
export function checkOrigin(request: IncomingMessage, origins: readonly string[], hops: number | boolean): void {
  const { headers } = request;
  const { origin, cookie, authorization } = headers;
  if (origin === undefined) return;
  if (cookie === undefined && authorization === undefined && isNamed(origin) && !reachesInside(request, origin, hops))
    return;
  if (origins.includes('*') || origins.includes(origin)) return;
  if (isOwnOrigin(origin, headers.host, clientHost(request, hops))) return;
  throw HttpError.of('ORIGIN_REFUSED', 'add the origin to the option `origins` if it may connect');
}

/** Whether an origin has a host with a name. */
function isNamed(origin: string): boolean {
  const hostname = hostnameOf(origin);
  return hostname !== undefined && hostname !== '' && !ADDRESS.test(hostname);
}

/** Whether a page from elsewhere asks for a server that has no name of its own. Behind a proxy the address is the proxy's. */
function reachesInside({ headers }: IncomingMessage, origin: string, hops: number | boolean): boolean {
  if (Number(hops) > 0) return false;
  const host = hostnameOf(`http://${headers.host ?? ''}`) ?? '';
  return (ADDRESS.test(host) || LOCALHOST.test(host)) && !LOCALHOST.test(hostnameOf(origin) ?? '');
}

function hostnameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}
