import { endContext } from '../context/http-context.js';
import type { Exchange } from './exchange.js';

/** Why the signal of a request is aborted whose client did not wait for the answer. */
class ClientLeft extends Error {
  override readonly name = 'AbortError';
}

/** The end of a request, however it came: the signal, its observers, what the request held. Once. */
export function endExchange(exchange: Exchange): void {
  const { service } = exchange;
  if (!service.inFlight.delete(exchange)) return;
  service.handlerTimes.stop(exchange);
  if (!exchange.delivered) exchange.abandon(new ClientLeft('the client has left'));
  exchange.stream?.responseClosed();
  endContext(exchange.context);
  service.observer?.requestEnded?.(exchange);
  if (exchange.holdsResources) releaseExchange(exchange);
}

/** Gives back what a request held, and lets the end of the process wait for it: temporary files are not left behind. */
export function releaseExchange(exchange: Exchange): void {
  const { service, context } = exchange;
  const releasing = exchange
    .release()
    .catch((error: unknown) => context.log.error({ err: error }, 'a request’s resources could not be released'))
    .finally(() => service.releasing.delete(releasing));
  service.releasing.add(releasing);
}
