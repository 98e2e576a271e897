import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Exchange } from './exchange.js';

/**
 * Writes the two lines between which Function Compute's log service looks for what belongs to one invocation. They are
 * no JSON, as they are the platform's: `FC Invoke Start RequestId: …`, and the same with `End`.
 *
 * @param until what closes when the invocation has ended: its response, or a WebSocket's connection.
 */
export function markInvocation(exchange: Exchange, until: ServerResponse | Duplex): void {
  if (!exchange.service.settings.platform.callsHooks) return;
  const { platformCall } = exchange;
  const kind = platformCall === undefined ? 'Invoke' : platformCall.mark;
  if (kind === undefined) return;
  const { requestId } = exchange.context;
  process.stdout.write(`FC ${kind} Start RequestId: ${requestId}\n`);
  until.once('close', () => process.stdout.write(`FC ${kind} End RequestId: ${requestId}\n`));
}
