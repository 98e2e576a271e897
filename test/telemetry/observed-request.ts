import type { ObservedRequest } from '#src/telemetry/observer.js';

/** A request as observers see it, without a server. */
export function anObservedRequest({
  status = 200,
  finished = true,
  method = 'GET',
  pattern = '/orders/:id',
  started = performance.now(),
  stream = undefined as ObservedRequest['stream'],
} = {}): ObservedRequest {
  return {
    context: {
      requestId: 'r',
      method,
      path: '/orders/1',
      ip: '127.0.0.1',
      headers: {},
      httpContext: { url: 'http://host/orders/1' },
    },
    name: 'Orders.find',
    pattern,
    quiet: false,
    started,
    trace: undefined,
    traceId: undefined,
    request: { httpVersion: '1.1', socket: { bytesRead: 100, bytesWritten: 200 } },
    response: { statusCode: status, headersSent: true },
    delivered: finished,
    upgrade: false,
    errorCode: undefined,
    stream,
    calledAt: 0,
    doneAt: 0,
  };
}
