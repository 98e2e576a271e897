import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Service } from './service.js';

/**
 * `GET` or `HEAD` `/_healthz`: 200 while the process lives. `/_readyz`: 503 once it goes down, so that a balancer sends
 * new requests elsewhere. Neither writes an access line: they come every few seconds.
 */
export function answerHealth(service: Service, request: IncomingMessage, response: ServerResponse): boolean {
  const { url, method } = request;
  // The cheapest look there is, as it is had on every request.
  if (url?.charCodeAt(1) !== 95 /* _ */) return false;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const { functions } = service;
  if (url !== '/_healthz' && url !== '/_readyz') {
    // Where there are functions, a query has never mattered.
    if (functions === undefined || method !== 'HEAD' || !url.startsWith('/_healthz?')) return false;
  }
  // Plain functions have always got the GET, where one has the path.
  if (functions !== undefined && method === 'GET' && functions.has(url)) return false;
  const ready = url !== '/_readyz' || !service.draining;
  const body = ready ? 'ok' : 'draining';
  const headers: Record<string, string | number> = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  };
  if (service.draining && !service.settings.platform.ownsConnections) headers['Connection'] = 'close';
  response.writeHead(ready ? 200 : 503, headers);
  response.end(body);
  return true;
}
