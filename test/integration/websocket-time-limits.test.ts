import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { WebSocket as Client } from 'ws';

import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { serve } from '../serve.js';

const never = new Promise<never>(() => undefined);

describe('the time limits of a WebSocket', () => {
  it('hold for a close handler: one that never ends does not keep the connection’s end', async () => {
    @Controller()
    class Closing {
      @WebSocket('/ws') said(message: unknown) {
        return message;
      }
      @WebSocket('/ws', { on: 'close', timeoutMs: 30 }) left() {
        return never;
      }
    }
    const { port, lines, close } = await serve({ controllers: [Closing], shutdownMs: 60_000 });
    const client = new Client(`ws://127.0.0.1:${port}/ws`);
    await once(client, 'open');
    client.close();
    await once(client, 'close');
    await close(); // it waits for the handler, and would wait for a minute
    assert.ok(lines.some(({ code, msg }) => code === 'HANDLER_TIMEOUT' || /handler failed/.test(msg)));
  });

  it('hold for middleware of a path without upgrade and open handlers', async () => {
    @Controller()
    class Open {
      @WebSocket('/ws', { use: [() => never] }) said(message: unknown) {
        return message;
      }
    }
    const { port, close } = await serve({ controllers: [Open], handlerTimeoutMs: 30 });
    const client = new Client(`ws://127.0.0.1:${port}/ws`);
    client.on('error', () => undefined); // 'unexpected-response' tells more
    const [, response] = (await once(client, 'unexpected-response')) as [
      unknown,
      { statusCode: number; resume(): void },
    ];
    response.resume();
    assert.equal(response.statusCode, 504);
    await close();
  });
});
