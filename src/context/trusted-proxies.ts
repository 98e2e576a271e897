import type { ProxiedRequest } from './client-address.js';

/**
 * Whose `X-Forwarded-*` is believed: nobody's (`false`), that of the one proxy in front (`true`), of a chain of so many
 * proxies, or of the proxies with these addresses: `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`, `loopback`, `private`.
 */
export type TrustProxy = boolean | number | readonly string[];

/** How many of the proxies that a request came through, counted from the nearest, are believed. */
export type TrustedHops = (request: ProxiedRequest) => number;

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '169.254.0.0/16', 'fe80::/10'],
};

/** Whether a text names an address, a range of them, or one of the names that stand for ranges. */
export function isProxyRange(text: string): boolean {
  if (Object.hasOwn(NAMED, text)) return true;
  const range = rangeOf(text);
  return range !== undefined && range.bits >= 0 && range.bits <= (range.family === 'ipv4' ? 32 : 128);
}

/** What decides, made once for an application. */
export function trustedHops(trust: TrustProxy): TrustedHops {
  if (typeof trust !== 'object') {
    const hops = Number(trust);
    return () => hops;
  }
  const { BlockList } = process.getBuiltinModule('node:net');
  const proxies = new BlockList();
  for (const text of trust.flatMap((each) => NAMED[each] ?? [each])) {
    const range = rangeOf(text);
    if (range !== undefined) proxies.addSubnet(range.address, range.bits, range.family);
  }
  const isTrusted = (address: string) => {
    const plain = plainAddress(address);
    const family = familyOf(plain);
    return family !== undefined && proxies.check(plain, family);
  };
  return (request) => {
    const chain = entriesOf(request.headers['x-forwarded-for']);
    let hops = 0;
    for (let from = request.socket?.remoteAddress; from !== undefined && isTrusted(from); hops += 1) {
      from = chain[chain.length - 1 - hops];
    }
    return hops;
  };
}

/** The entry of a forwarded header that the outermost of the believed proxies wrote; `undefined`: there is none. */
export function forwardedEntry(header: string | string[] | undefined, hops: number): string | undefined {
  if (hops === 0 || header === undefined) return undefined;
  const entries = entriesOf(header);
  return entries[Math.max(0, entries.length - hops)];
}

/** Empty entries say nothing: a proxy that adds to a header writes its own entry last. */
function entriesOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header)
    .split(',')
    .map((entry) => entry.trim());
}

function rangeOf(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  return { address, bits: bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const { isIP } = process.getBuiltinModule('node:net');
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}

/** Without a port, brackets, or the prefix by which a socket for both families names an IPv4 address. */
export function plainAddress(text: string): string {
  if (!text.includes(':')) return text;
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
}
