import type { HttpContext } from '../context/http-context.js';
import type { Logger } from '../telemetry/log.js';
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

/** What is left of an upgraded request, for its connection's line. */
export interface UpgradedRequest {
  readonly context: HttpContext;
  readonly started: number;
}

/** One line for each WebSocket connection, when it has closed. */
export function writeSocketLine(
  log: Logger,
  { context, started }: UpgradedRequest,
  route: string,
  closeCode: number,
): void {
  const { requestId, method, path } = context;
  const ms = Math.round((performance.now() - started) * 10) / 10;
  log.info({ requestId, method, path, status: 101, ms, route, closeCode }, 'websocket');
}
