import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import type { WebSocketConnection } from '#src/context/web-socket-connection.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Client } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

let connection: WebSocketConnection;
let ids: string[] = [];

@Controller()
class Kept {
  @WebSocket('/kept', { on: 'upgrade' })
  upgrade(_event: unknown, context: UpgradeContext) {
    ids = [context.requestId];
  }
  @WebSocket('/kept', { on: 'open' })
  open(_event: unknown, context: WebSocketContext) {
    ids.push(context.requestId);
    connection = context.ws;
    connection.send('opened');
  }
}

describe('SocketConnection', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Kept], accessLog: true });
  });
  after(() => served.close());
  const open = async () => {
    const client = await Client.open(`${served.url}/kept`);
    assert.equal(await client.frame(), 'opened');
    return client;
  };

  it('bears the id of the request that it began with', async () => {
    const client = await open();
    assert.equal(ids[0], ids[1]);
    assert.deepEqual(served.app.requestsInFlight, [ids[0]]);
    await client.close();
  });

  it('takes calls after its end as nothing', async () => {
    const client = await open();
    await client.close();
    await until(() => connection.closed);
    connection.send('late');
    connection.ping();
    connection.close();
    connection.leave('room');
    await connection.join('room');
    assert.equal(connection.bufferedAmount, 0);
  });

  it('pings when it is told to', async () => {
    const client = await open();
    connection.ping();
    await until(() => client.pings === 1);
    await client.close();
  });

  it('refuses to send what JSON cannot hold, and stays open', async () => {
    const client = await open();
    assert.throws(() => connection.send(1n), TypeError);
    connection.send({ still: 'open' });
    assert.deepEqual(await client.json(), { still: 'open' });
    await client.close();
  });

  it('writes two access lines, the last with the close code', async () => {
    served.lines.length = 0;
    const client = await open();
    client.socket.close(4002);
    await client.closed;
    await until(() => served.lines.some(({ msg }) => msg === 'websocket'));
    const [opened, line, ...more] = served.lines.filter(({ level }) => level === 'info');
    assert.equal(opened?.msg, 'websocket opened');
    assert.deepEqual([line?.['closeCode'], line?.['status'], more.length], [4002, 101, 0]);
  });
});
