import type { MiddlewareFunction } from '../context/middleware.js';
import { checkNames, optionMistake } from './option-mistake.js';

/** Each header by its name in camel case without what all have in common; text replaces the default, `false` is none. */
export interface SecurityHeadersOptions {
  /**
   * `Content-Security-Policy`. Default: everything from the own origin only, no frames around it, no plug-ins:
   * `default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'`.
   */
  contentSecurityPolicy?: string | false;
  /** `Strict-Transport-Security`. Default `max-age=31536000`: a year, without subdomains. Ignored by browsers over http. */
  strictTransportSecurity?: string | false;
  /** `X-Content-Type-Options`. Default `nosniff`. */
  contentTypeOptions?: string | false;
  /** `X-Frame-Options`, for browsers that do not know `frame-ancestors`. Default `DENY`. */
  frameOptions?: string | false;
  /** `Referrer-Policy`. Default `no-referrer`. */
  referrerPolicy?: string | false;
  /** `Cross-Origin-Opener-Policy`. Default `same-origin`. */
  crossOriginOpenerPolicy?: string | false;
  /** `Cross-Origin-Resource-Policy`. Default `same-origin`; what `cors()` allows is not concerned. */
  crossOriginResourcePolicy?: string | false;
  /** `Origin-Agent-Cluster`. Default `?1`. */
  originAgentCluster?: string | false;
  /** `Permissions-Policy`. Default: none. */
  permissionsPolicy?: string | false;
}

const DEFAULTS: Readonly<Record<keyof SecurityHeadersOptions, readonly [name: string, value: string | false]>> = {
  contentSecurityPolicy: [
    'Content-Security-Policy',
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  ],
  strictTransportSecurity: ['Strict-Transport-Security', 'max-age=31536000'],
  contentTypeOptions: ['X-Content-Type-Options', 'nosniff'],
  frameOptions: ['X-Frame-Options', 'DENY'],
  referrerPolicy: ['Referrer-Policy', 'no-referrer'],
  crossOriginOpenerPolicy: ['Cross-Origin-Opener-Policy', 'same-origin'],
  crossOriginResourcePolicy: ['Cross-Origin-Resource-Policy', 'same-origin'],
  originAgentCluster: ['Origin-Agent-Cluster', '?1'],
  permissionsPolicy: ['Permissions-Policy', false],
};

/**
 * Headers that make a browser careful with an answer, on every answer of what it stands around, errors included. A
 * handler that sets one of them itself has the last word.
 *
 * @throws StartupError for a name that is none, or a value that no header can hold.
 * @example
 * start({ controllers, use: [securityHeaders({ contentSecurityPolicy: "default-src 'none'", frameOptions: false })] });
 */
export function securityHeaders(options: SecurityHeadersOptions = {}): MiddlewareFunction {
  checkNames('securityHeaders()', options, DEFAULTS);
  const headers: (readonly [string, string])[] = [];
  for (const [key, [name, standard]] of Object.entries(DEFAULTS)) {
    const value = options[key as keyof SecurityHeadersOptions] ?? standard; // the table's keys are the options
    if (value === false) continue;
    if (typeof value !== 'string' || !/^[\x20-\x7e]+$/.test(value)) {
      throw optionMistake(`securityHeaders() ${key}`, 'it is no header value', 'give printable ASCII, or false');
    }
    headers.push([name, value]);
  }
  return (context, next) => {
    for (const [name, value] of headers) context.response.setHeader(name, value);
    return next();
  };
}
