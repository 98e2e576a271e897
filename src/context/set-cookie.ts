import { stringifySetCookie } from 'cookie';

/** The attributes of a `Set-Cookie` header (RFC 6265, section 4.1). */
export interface SerializeOptions {
  /** Seconds until it is forgotten. Absent: until the browser closes. */
  maxAge?: number;
  /** The moment it is forgotten; `maxAge` wins where both are given. */
  expires?: Date;
  domain?: string;
  /** Default `/`. */
  path?: string;
  /** Out of the reach of scripts. */
  httpOnly?: boolean;
  /** Only over TLS. */
  secure?: boolean;
  sameSite?: 'strict' | 'lax' | 'none';
  /** One cookie jar per top-level site (CHIPS). */
  partitioned?: boolean;
  priority?: 'low' | 'medium' | 'high';
}

/** One `Set-Cookie` value. */
export function serialize(name: string, value: string, options: SerializeOptions): string {
  return stringifySetCookie({ name, value, path: '/', ...options });
}
