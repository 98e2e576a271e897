import assert from 'node:assert/strict';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';

import { unwatchResponse, watchResponse } from '#src/server/watch-response.js';
import { until } from '../until.js';

/** A connection without node's parser, with a response on it: as an upgrade leaves them. */
interface Bare {
  readonly client: Socket;
  readonly socket: Socket;
  readonly response: ServerResponse;
}

const EVENTS = ['error', 'close', 'end'] as const;

function counts(socket: Socket): number[] {
  return EVENTS.map((event) => socket.listenerCount(event));
}

describe('watchResponse', () => {
  let server: Server;
  before(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => void server.close());

  async function bare(): Promise<Bare> {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const response = new ServerResponse(new IncomingMessage(socket));
    response.assignSocket(socket);
    socket.resume(); // as a parser does: only who reads hears of the end
    return { client, socket, response };
  }

  it('destroys the response when the client resets the connection, which would otherwise end the process', async () => {
    const { client, socket, response } = await bare();
    watchResponse(response, socket);
    client.resetAndDestroy();
    await until(() => socket.destroyed);
    await until(() => response.destroyed);
  });

  it('ends the connection of a client that ends its side: nobody waits for the answer', async () => {
    const { client, socket, response } = await bare();
    watchResponse(response, socket);
    client.resume().end();
    await once(client, 'close');
    await until(() => response.destroyed);
  });

  it('leaves a response alone that is destroyed already', async () => {
    const { client, socket, response } = await bare();
    watchResponse(response, socket);
    let closes = 0;
    response.on('close', () => (closes += 1));
    response.destroy();
    await once(socket, 'close');
    await until(() => closes > 0);
    assert.equal(closes, 1);
    client.destroy();
  });

  it('can be ended without a trace, and begun again: the handshake that fails is answered after all', async () => {
    const { client, socket, response } = await bare();
    const before = counts(socket);
    watchResponse(response, socket);
    assert.deepEqual(
      counts(socket),
      before.map((count) => count + 1),
    );
    unwatchResponse(response, socket);
    assert.deepEqual(counts(socket), before);
    watchResponse(response, socket);
    assert.deepEqual(
      counts(socket),
      before.map((count) => count + 1),
    );
    client.destroy();
    await until(() => response.destroyed);
  });

  it('does not tell a response that has let go of its socket', async () => {
    const { client, socket, response } = await bare();
    watchResponse(response, socket);
    response.detachSocket(socket);
    unwatchResponse(response, socket);
    socket.on('error', () => undefined);
    client.resetAndDestroy();
    await until(() => socket.destroyed && socket.closed);
    assert.equal(response.destroyed, false);
  });

  it('has nothing to end on a response that was never watched', async () => {
    const { client, socket, response } = await bare();
    const before = counts(socket);
    unwatchResponse(response, socket);
    assert.deepEqual(counts(socket), before);
    client.destroy();
    socket.destroy();
  });
});
