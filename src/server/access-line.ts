import type { Exchange } from './exchange.js';

/** One line for each request, when it has ended. Neither headers nor the query: they hold secrets. */
export function writeAccessLine(exchange: Exchange): void {
  const { context, response, name, started, errorCode, stream } = exchange;
  const fields: Record<string, unknown> = {
    requestId: context.requestId,
    method: context.method,
    path: context.path,
    status: response.statusCode,
    ms: Math.round((performance.now() - started) * 10) / 10,
  };
  if (name !== undefined) fields['route'] = name;
  if (errorCode !== undefined) fields['code'] = errorCode;
  if (stream?.opened === true) fields['sse'] = true;
  else if (!response.writableFinished) fields['aborted'] = true;
  exchange.service.log.info(fields, 'request');
}

/** One line for each WebSocket connection, when it has closed. */
export function writeSocketLine(exchange: Exchange, closeCode: number): void {
  const { context, name, started } = exchange;
  const fields = {
    requestId: context.requestId,
    method: context.method,
    path: context.path,
    status: 101,
    ms: Math.round((performance.now() - started) * 10) / 10,
    route: name,
    closeCode,
  };
  exchange.service.log.info(fields, 'websocket');
}
