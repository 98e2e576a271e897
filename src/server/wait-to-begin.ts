import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Service } from './service.js';
import { waitTurn } from './wait-turn.js';

/**
 * Whether a request has to wait: a pipelined one for its turn, every one for an application that listens before it is
 * ready, and those of a function that is loaded at its first request until that is done, well or not.
 *
 * @param begin called when the wait is over, with whether there is nothing more to wait for
 */
export function waitToBegin(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  begin: (waited: boolean) => void,
): boolean {
  if (response.socket === null) {
    waitTurn(request, response, service.settings.maxPipelinedRequests, () => begin(false));
    return true;
  }
  if (service.starting !== undefined) {
    void afterStart(service.starting, request, () => begin(false));
    return true;
  }
  const loading = service.functions?.waitFor(request.url ?? '/');
  if (loading === undefined) return false;
  void loading.then(() => begin(true));
  return true;
}

async function afterStart(starting: Promise<unknown>, request: IncomingMessage, go: () => void): Promise<void> {
  await starting;
  if (!request.socket.destroyed) go();
}
