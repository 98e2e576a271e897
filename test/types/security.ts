// Options that cannot be meant so do not compile, and claims have the types that their reader names.
import type { HttpContext } from 'yunction';
import {
  apiKey,
  basicAuth,
  claimsOf,
  concurrencyLimit,
  cors,
  csrf,
  jwt,
  rateLimit,
  securityHeaders,
  signature,
  signRequest,
} from 'yunction/security';

declare const context: HttpContext;

const mine = claimsOf<{ tenant: string; roles?: string[] }>(context);
export const tenant: string = mine.tenant;
export const subject: string | undefined = mine.sub;
// @ts-expect-error -- a claim that is misspelt
export const misspelt = mine.tenat;
// @ts-expect-error -- one that may be missing
export const roles: string[] = mine.roles;
// @ts-expect-error -- whatever it is, nobody has said that it is a text
export const unknown: string = claimsOf(context)['tenant'];

// @ts-expect-error -- what has no algorithms
jwt({ keys: 'pem' });
// @ts-expect-error -- none is no algorithm
jwt({ keys: 'pem', algorithms: ['none'] });
// @ts-expect-error -- a misspelt option
jwt({ keys: 'pem', algorithms: ['RS256'], audiance: 'orders' });
// @ts-expect-error -- a place that is none
jwt({ keys: 'pem', algorithms: ['RS256'], from: { cookies: 'session' } });
// @ts-expect-error -- no form
signature({ keys: { ada: 'secret' } });
// @ts-expect-error -- no form
signRequest({ accessKeyId: 'ada', accessKeySecret: 'secret', url: 'https://api.example.com' });
// @ts-expect-error -- one text is no list of keys
apiKey({ keys: 'secret' });
// @ts-expect-error -- a misspelt option
basicAuth({ user: { ada: 'hash' } });
// @ts-expect-error -- nobody's origins
cors({});
// @ts-expect-error -- a misspelt option
csrf({ origin: 'https://admin.example.com' });
// @ts-expect-error -- the name of a header in place of the option's
securityHeaders({ 'X-Frame-Options': 'DENY' });
// @ts-expect-error -- no limit
rateLimit({ windowMs: 60_000 });
// @ts-expect-error -- a key that is none
rateLimit({ limit: 5, key: 'user' });
// @ts-expect-error -- no limit
concurrencyLimit({ queue: 5 });
