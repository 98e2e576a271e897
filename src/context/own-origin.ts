import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether an `Origin` is a page of the server's own host. The scheme is not compared, as TLS usually ends before this
 * server; a port that is its scheme's own may be named or not.
 *
 * @param trustProxy whether a proxy's `X-Forwarded-Host` is the server's own host too. No page can set it.
 */
export function isOwnOrigin(origin: string, headers: IncomingHttpHeaders, trustProxy: boolean): boolean {
  if (isHostOf(origin, headers.host)) return true;
  return trustProxy && isHostOf(origin, lastOf(headers['x-forwarded-host']));
}

function isHostOf(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  try {
    const page = new URL(origin);
    return page.host !== '' && page.host === new URL(`${page.protocol}//${host}`).host;
  } catch {
    return false; // `null`, as sandboxed pages send, or a host that is none
  }
}

/** The entry that the nearest proxy wrote. */
function lastOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.at(-1) : header;
  return text?.slice(text.lastIndexOf(',') + 1).trim();
}
