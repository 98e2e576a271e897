/**
 * Whether an `Origin` is a page of the server's own host. The scheme is not compared, as TLS usually ends before this
 * server; a port that is its scheme's own may be named or not.
 *
 * @param hosts what the server is called: its `Host` header, and the host that a believed proxy names
 */
export function isOwnOrigin(origin: string, ...hosts: readonly (string | undefined)[]): boolean {
  return hosts.some((host) => isHostOf(origin, host));
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
