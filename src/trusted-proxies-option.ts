import { isProxyRange, type TrustProxy } from './context/trusted-proxies.js';
import type { OptionDefinition } from './option-definition.js';

const MOST_PROXIES = 100;

/** The option `trustProxy`: `auto`, a switch, a number of proxies, or the addresses of proxies. */
export function trustedProxies(env: readonly string[], meaning: string): OptionDefinition<'auto' | TrustProxy> {
  return {
    meaning,
    env,
    fallback: 'auto',
    allowed: 'auto, true, false, a number of proxies, or addresses and ranges such as 10.0.0.0/8, loopback, private',
    parse: (given) => {
      const text = given.trim().toLowerCase();
      if (text === 'auto') return 'auto';
      if (text === 'true' || text === '1') return true;
      if (text === 'false' || text === '0') return false;
      if (/^\d+$/.test(text)) return Number(text) <= MOST_PROXIES ? Number(text) : undefined;
      const ranges = text.split(',').map((each) => each.trim());
      return ranges.every(isProxyRange) ? ranges : undefined;
    },
    accepts: (value) => {
      if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= MOST_PROXIES;
      if (Array.isArray(value)) return value.every((each) => typeof each === 'string' && isProxyRange(each));
      return value === 'auto' || typeof value === 'boolean';
    },
  };
}
