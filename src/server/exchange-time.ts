import { arrivalOf, setDeadline } from '../context/http-context.js';
import type { Exchange } from './exchange.js';

/** The moment at which this request is cut: its handler's own limit, or the platform's. */
export function limitTime(exchange: Exchange): void {
  const { endpoint, context, service, request } = exchange;
  const { executionTimeoutMs, platform } = service.settings;
  const header = platform.executionTimeoutHeader;
  const platformMs = executionTimeoutMs || Number(header === undefined ? 0 : request.headers[header]);
  // What has passed since is nothing: to ask for the time again costs more.
  const now = arrivalOf(context);
  if (platformMs > 0) exchange.cutAt = now + platformMs;
  // A stream may go on for as long as the platform lets it.
  const handlerMs = endpoint?.route.protocol === 'sse' ? 0 : handlerTimeOf(exchange);
  const cutAt = exchange.cutAt ?? Number.POSITIVE_INFINITY;
  const deadline = handlerMs === 0 ? cutAt : Math.min(cutAt, now + handlerMs);
  if (deadline !== Number.POSITIVE_INFINITY) setDeadline(context, deadline);
}

/** Milliseconds; 0: no limit. Where no route matches, it is the time of the middleware that answers. */
function handlerTimeOf({ endpoint, service }: Exchange): number {
  return endpoint === undefined ? service.settings.handlerTimeoutMs : endpoint.timeoutMs;
}

/** The handler waits for something: `timeUp` answers if it does not in time. */
export function startTimer(exchange: Exchange, timeUp: (exchange: Exchange) => void): void {
  const { endpoint, context, cutAt } = exchange;
  const ownMs = handlerTimeOf(exchange) || Number.POSITIVE_INFINITY;
  const isLimited = cutAt !== undefined && endpoint?.route.protocol !== 'sse';
  const ms = isLimited ? Math.min(ownMs, context.remainingMs()) : ownMs;
  if (ms === Number.POSITIVE_INFINITY || !exchange.open) return;
  exchange.service.handlerTimes.start(exchange, ms, timeUp);
}

/** The body has arrived, which has time limits of its own: the handler's time begins only now. */
export function restartTimer(exchange: Exchange): void {
  exchange.reading = false;
  exchange.service.handlerTimes.again(exchange);
  const { endpoint, context, cutAt } = exchange;
  if (endpoint?.route.protocol === 'http' && endpoint.timeoutMs > 0) {
    setDeadline(context, Math.min(cutAt ?? Number.POSITIVE_INFINITY, Date.now() + endpoint.timeoutMs));
  }
}
