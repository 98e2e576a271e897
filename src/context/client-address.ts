import type { IncomingHttpHeaders } from 'node:http';

/** What a context needs of a request; node's `IncomingMessage` is one. */
export interface ProxiedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/**
 * The client's address. Behind a trusted proxy the last entry of `X-Forwarded-For`, the one that this proxy wrote:
 * all before it is the client's own word.
 */
export function clientAddress(request: ProxiedRequest, trustProxy: boolean): string {
  if (trustProxy) {
    const forwarded = lastOf(request.headers['x-forwarded-for']) ?? lastOf(request.headers['x-real-ip']);
    if (forwarded !== undefined) return forwarded;
  }
  return request.socket?.remoteAddress ?? '';
}

/** The request's full URL, with the protocol and host that a trusted proxy names. */
export function requestUrl(request: ProxiedRequest, trustProxy: boolean): string {
  const { headers, url = '/' } = request;
  const protocol = (trustProxy ? lastOf(headers['x-forwarded-proto']) : undefined) ?? 'http';
  const host = (trustProxy ? lastOf(headers['x-forwarded-host']) : undefined) ?? headers.host ?? 'localhost';
  // The absolute form (RFC 9112, 3.2.2) names a host of its own, which is not believed: only its path counts.
  const path = url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return `${protocol}://${host}${path.startsWith('/') ? path : `/${path}`}`;
}

function lastOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.at(-1) : header;
  const last = text?.slice(text.lastIndexOf(',') + 1).trim();
  return last === '' ? undefined : last;
}
