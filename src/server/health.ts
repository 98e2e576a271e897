import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Service } from './service.js';

/** Why requests should go elsewhere for now: the body of a 503. */
interface Unready {
  readonly status: 'starting' | 'draining' | 'unready';
  /** The checks that fail. What is wrong with them stands in the log. */
  readonly failed: readonly string[];
}

/**
 * `GET` or `HEAD` `/_healthz`: 200 while the process lives. `/_readyz`: 503 while the application starts, while one of its
 * checks fails, and once it goes down, so that a balancer sends new requests elsewhere. Neither writes an access line:
 * they come every few seconds. The paths are options.
 */
export function answerHealth(service: Service, request: IncomingMessage, response: ServerResponse): boolean {
  const { url = '', method } = request;
  const { healthPath, readyPath } = service.settings;
  const { functions } = service;
  // The cheapest look there is, as it is had on every request. No URL is empty, as a path that is switched off is.
  if (url !== healthPath && url !== readyPath && !isHealthOfFunctions(service, request)) {
    return false;
  }
  if (method !== 'GET' && method !== 'HEAD') return false;
  // Plain functions have always got the GET, where one has the path.
  if (functions !== undefined && method === 'GET' && functions.has(url)) return false;
  if (url !== readyPath) answer(service, response, undefined);
  else if (service.draining) answer(service, response, { status: 'draining', failed: [] });
  else if (service.starting !== undefined) answer(service, response, { status: 'starting', failed: [] });
  else void answerChecks(service, response);
  return true;
}

/** Where there are functions, a query after `HEAD /_healthz` has never mattered. */
function isHealthOfFunctions({ functions, settings }: Service, { url = '', method }: IncomingMessage): boolean {
  return functions !== undefined && method === 'HEAD' && url.startsWith(`${settings.healthPath}?`);
}

async function answerChecks(service: Service, response: ServerResponse): Promise<void> {
  const failed = await service.readiness.failed();
  if (response.destroyed) return;
  answer(service, response, failed.length === 0 ? undefined : { status: 'unready', failed });
}

function answer(service: Service, response: ServerResponse, unready: Unready | undefined): void {
  const body = unready === undefined ? 'ok' : JSON.stringify(unready);
  const headers: Record<string, string | number> = {
    'Content-Type': unready === undefined ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  };
  if (service.draining && !service.settings.platform.ownsConnections) headers['Connection'] = 'close';
  response.writeHead(unready === undefined ? 200 : 503, headers);
  response.end(body);
}
