import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';

import { type OwnedWebSocket, ownedWebSocketClass, type SocketOwner } from '#src/server/owned-web-socket.js';
import { Client, RawSocket, upgradeBytes } from '../integration/web-socket-client.js';
import { until } from '../until.js';

/** An owner that writes down what it is told. */
class Recorder implements SocketOwner {
  readonly told: unknown[][] = [];
  onFrame(data: Buffer, isBinary: boolean): void {
    this.told.push(['frame', data.toString(), isBinary]);
  }
  onPong(): void {
    this.told.push(['pong']);
  }
  onError(error: Error): void {
    this.told.push(['error', error.message]);
  }
  onClose(code: number, reason: string): Promise<void> {
    this.told.push(['close', code, reason]);
    return Promise.resolve();
  }
}

interface Listening {
  readonly port: number;
  /** The server's side of the next connection, owned. */
  next(): Promise<{ socket: OwnedWebSocket; owner: Recorder }>;
  close(): Promise<void>;
}

async function listen(): Promise<Listening> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    clientTracking: false,
    WebSocket: ownedWebSocketClass(WebSocket),
  });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async next() {
      const [socket] = (await once(server, 'connection')) as [OwnedWebSocket];
      const owner = new Recorder();
      socket.owner = owner;
      return { socket, owner };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('an owned WebSocket', () => {
  it('tells the owner of frames, pongs and the end', async () => {
    const server = await listen();
    const client = new WebSocket(`ws://127.0.0.1:${server.port}`);
    const { socket, owner } = await server.next();
    await once(client, 'open');
    client.send('text');
    client.send(Buffer.from('bytes'));
    await until(() => owner.told.length === 2);
    socket.ping();
    await until(() => owner.told.length === 3);
    client.close(4001, 'grüße');
    await until(() => owner.told.length === 4);
    assert.deepEqual(owner.told, [
      ['frame', 'text', false],
      ['frame', 'bytes', true],
      ['pong'],
      ['close', 4001, 'grüße'],
    ]);
    await server.close();
  });

  it('tells the owner of a broken frame, which would otherwise end the process', async () => {
    const server = await listen();
    const raw = new RawSocket(server.port, upgradeBytes('/'));
    const { owner } = await server.next();
    raw.socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]));
    await raw.whole();
    await until(() => owner.told.length === 2);
    const [[first, message], last] = owner.told as [unknown[], unknown[]];
    assert.equal(first, 'error');
    assert.match(String(message), /Invalid WebSocket frame/);
    assert.deepEqual(last?.slice(0, 2), ['close', 1006]);
    await server.close();
  });

  it('has no listeners, and so no table of them', async () => {
    const server = await listen();
    const opening = Client.open(`http://127.0.0.1:${server.port}`);
    const { socket, owner } = await server.next();
    const client = await opening;
    assert.deepEqual(socket.eventNames(), []);
    client.socket.terminate();
    await until(() => owner.told.length === 1);
    assert.deepEqual(owner.told, [['close', 1006, '']]);
    await server.close();
  });

  it('has listeners, as any other, where it has no owner', async () => {
    const server = await listen();
    const client = new WebSocket(`ws://127.0.0.1:${server.port}`);
    const { socket, owner } = await server.next();
    socket.owner = undefined;
    client.on('open', () => {
      client.send('text');
      client.close();
    });
    await once(socket, 'close');
    assert.deepEqual(owner.told, []);
    await server.close();
  });
});
