import type { IncomingHttpHeaders } from 'node:http';

import { forwardedEntry, plainAddress } from './trusted-proxies.js';

/** What a context needs of a request; node's `IncomingMessage` is one. */
export interface ProxiedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/** What may stand in a URL as a host: a name or an address, and a port. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The client's address: the entry of `X-Forwarded-For` that the outermost believed proxy wrote, without the port that
 * some write, as each connection has another. All before it is the client's own word.
 *
 * @param hops how many of the proxies in front are believed: a number, or `true` for one.
 */
export function clientAddress(request: ProxiedRequest, hops: number | boolean): string {
  const { headers, socket } = request;
  const forwarded =
    forwardedEntry(headers['x-forwarded-for'], Number(hops)) || forwardedEntry(headers['x-real-ip'], Number(hops));
  return forwarded ? plainAddress(forwarded) : (socket?.remoteAddress ?? '');
}

/** The request's protocol, as the client speaks it to the outermost believed proxy. */
export function clientProtocol({ headers }: ProxiedRequest, hops: number | boolean): 'http' | 'https' {
  const named = forwardedEntry(headers['x-forwarded-proto'], Number(hops));
  // Whatever else a proxy passes on belongs in no URL.
  return named?.toLowerCase() === 'https' ? 'https' : 'http';
}

/** The host, with its port, that the client asked for. `undefined`: the request names none. */
export function clientHost({ headers }: ProxiedRequest, hops: number | boolean): string | undefined {
  const named = forwardedEntry(headers['x-forwarded-host'], Number(hops));
  return named !== undefined && HOST.test(named) ? named : headers.host;
}

/** The request's full URL, with the protocol and host that a believed proxy names. */
export function requestUrl(request: ProxiedRequest, hops: number | boolean): string {
  const { url = '/' } = request;
  // The absolute form (RFC 9112, 3.2.2) names a host of its own, which is not believed: only its path counts.
  const path = url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const origin = `${clientProtocol(request, hops)}://${clientHost(request, hops) ?? 'localhost'}`;
  return `${origin}${path.startsWith('/') ? path : `/${path}`}`;
}
