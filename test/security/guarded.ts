import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket as Client } from 'ws';
import type { ApplicationOptions } from '#src/application.js';
import type { HttpContext } from '#src/context/http-context.js';
import type { Middleware } from '#src/context/middleware.js';
import type { SseContext } from '#src/context/sse-context.js';
import type { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { callerOf } from '#src/security/caller.js';
import { type Served, serve } from '../serve.js';

export interface Guarded extends Served {
  /** How each transport answers the same request: HTTP, event stream, WebSocket upgrade. */
  statuses(headers?: Record<string, string>, query?: string): Promise<readonly [number, number, number]>;
  /** Which handlers have run. */
  readonly handled: string[];
}

/** An application with a route of each kind, all behind the same middleware: `/http`, `/events`, `/socket`. */
export async function guarded(use: readonly Middleware[], options: Partial<ApplicationOptions> = {}): Promise<Guarded> {
  const handled: string[] = [];

  @Controller('', { use })
  class Routes {
    @Http('GET', '/http') get(_event: unknown, context: HttpContext) {
      handled.push('GET');
      return { caller: callerOf(context) };
    }
    @Http('POST', '/http') post(body: unknown, context: HttpContext) {
      handled.push('POST');
      return { body, caller: callerOf(context) };
    }
    @Sse('/events') *events(_event: unknown, context: SseContext) {
      handled.push('SSE');
      yield { caller: callerOf(context) };
    }
    @WebSocket('/socket', { protocols: ['chat'] }) said(_event: unknown, context: WebSocketContext) {
      handled.push('WS');
      return { caller: callerOf(context) };
    }
  }
  const served = await serve({ controllers: [Routes], ...options });
  return {
    ...served,
    handled,
    async statuses(headers = {}, query = '') {
      const http = await fetch(`${served.url}/http${query}`, { headers });
      const sse = await fetch(`${served.url}/events${query}`, { headers: { ...headers, Accept: 'text/event-stream' } });
      await Promise.all([http.text(), sse.text()]);
      return [http.status, sse.status, await upgradeStatus(`${served.url}/socket${query}`, headers)];
    },
  };
}

/** 101, and the connection is closed again, or the status of the refusal. */
export async function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
  protocols: string[] = [],
): Promise<number> {
  const client = new Client(url.replace(/^http/, 'ws'), protocols, { headers });
  client.on('error', () => undefined);
  const refused = once(client, 'unexpected-response').then(async ([, response]: unknown[]) => {
    const { statusCode = 0 } = (response as IncomingMessage).resume();
    client.terminate();
    return statusCode;
  });
  const opened = once(client, 'open').then(async () => {
    client.close();
    await once(client, 'close');
    return 101;
  });
  return Promise.race([refused, opened]);
}
