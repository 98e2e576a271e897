import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What an id from outside may look like: it goes into logs and headers, so nothing that could break out of either. */
const ACCEPTABLE = /^[\w.:@/+=-]{1,128}$/;

/** The id of a request: the platform's own or the caller's, from the first of these headers that has one, else new. */
export function requestIdOf(headers: IncomingHttpHeaders, names: readonly string[]): string {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && ACCEPTABLE.test(value)) return value;
  }
  return randomUUID();
}
