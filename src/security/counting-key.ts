import type { HttpContext } from '../context/http-context.js';
import { callerOf } from './caller.js';
import { optionMistake } from './option-mistake.js';
import { digestOf } from './secret-digest.js';

/**
 * Who is counted as one: clients of one address (of one /64 network where it is IPv6, as each customer has one), the
 * caller that a guard outside has found out, senders of the same value of a header, or whatever a function says. A
 * function that gives `undefined` lets the request pass uncounted.
 */
export type CountingKey =
  | 'ip'
  | 'caller'
  | { readonly header: string }
  | ((context: HttpContext) => string | undefined | Promise<string | undefined>);

/**
 * The function of a key. Without the header, or without a caller, it is the address that counts.
 * @throws StartupError for what is no key.
 */
export function countingKey(
  key: CountingKey,
  where = 'key',
): (context: HttpContext) => string | undefined | Promise<string | undefined> {
  if (typeof key === 'function') return async (context) => shortened(await key(context));
  if (key === 'ip') return ({ ip }) => `ip:${networkOf(ip)}`;
  if (key === 'caller') {
    return (context) => {
      const caller = callerOf(context);
      return caller === undefined ? `ip:${networkOf(context.ip)}` : shortened(`caller:${caller.by}:${caller.id}`);
    };
  }
  if (typeof key !== 'object' || key === null || typeof key.header !== 'string' || key.header === '') {
    throw optionMistake(where, `it is ${JSON.stringify(key)}`, "give 'ip', 'caller', { header } or a function");
  }
  const header = key.header.toLowerCase();
  return (context) => {
    const value = context.headers[header];
    return typeof value === 'string' ? shortened(`header:${value}`) : `ip:${networkOf(context.ip)}`;
  };
}

/** The address, or the /64 network of an IPv6 address: its owner could otherwise come from 2^64 addresses in turn. */
export function networkOf(ip: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip) ?? [];
  if (mapped !== undefined) return mapped;
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.replace(/%.*$/, '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}

/** Whatever a client may write into it, a key is short; and a secret is not written into a store. */
function shortened(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  return key.startsWith('header:') || key.length > 64 ? `#${digestOf(key).toString('base64url')}` : key;
}
