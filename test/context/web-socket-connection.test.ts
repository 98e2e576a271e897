import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CloseEvent } from '#src/context/web-socket-connection.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { Client } from '../integration/web-socket-client.js';
import { serve } from '../serve.js';
import { until } from '../until.js';

let closed: unknown[] = [];

@Controller()
class Closing {
  @WebSocket('/')
  close(message: { code: number; reason: string }, { ws }: WebSocketContext) {
    ws.close(message.code, message.reason);
  }
  @WebSocket('/', { on: 'close' })
  closed(event: CloseEvent) {
    closed.push(event);
  }
}

describe('a CloseEvent', () => {
  it('says how a connection ended', () => {
    const event = new CloseEvent(1001, 'going away', true);
    assert.deepEqual({ ...event }, { code: 1001, reason: 'going away', wasClean: true });
  });

  it('is what a close handler is given, whoever closed and however', async () => {
    closed = [];
    const served = await serve({ controllers: [Closing] });
    const ending = async (end: (client: Client) => unknown) => {
      const before = closed.length;
      await end(await Client.open(`${served.url}/`));
      await until(() => closed.length > before);
      const event = closed.at(-1);
      assert.ok(event instanceof CloseEvent);
      return { ...event };
    };
    try {
      const byServer = await ending((client) => client.socket.send('{"code":4001,"reason":"enough"}'));
      assert.deepEqual(byServer, { code: 4001, reason: 'enough', wasClean: true });
      const byClient = await ending((client) => client.socket.close(4002, 'bye'));
      assert.deepEqual(byClient, { code: 4002, reason: 'bye', wasClean: true });
      const withoutCode = await ending((client) => client.socket.close());
      assert.deepEqual(withoutCode, { code: 1005, reason: '', wasClean: true });
      const cut = await ending((client) => client.socket.terminate());
      assert.deepEqual(cut, { code: 1006, reason: '', wasClean: false });
    } finally {
      await served.close();
    }
  });
});
