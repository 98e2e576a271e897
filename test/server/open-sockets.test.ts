import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, it } from 'node:test';

import { OpenSockets } from '#src/server/open-sockets.js';
import { until } from '../until.js';

describe('open sockets', () => {
  it('are those that were added and are not closed', () => {
    const sockets = new OpenSockets();
    assert.equal(sockets.any, false);
    const [one, two] = [new Socket(), new Socket()];
    sockets.add(one);
    sockets.add(two);
    assert.deepEqual([...sockets], [one, two]);
    one.destroy();
    assert.deepEqual([...sockets], [two]);
    two.destroy();
    assert.equal(sockets.any, false);
  });

  it('are all there, however many come and go', () => {
    const sockets = new OpenSockets();
    const open = new Set<Socket>();
    for (let round = 0; round < 1000; round += 1) {
      const socket = new Socket();
      sockets.add(socket);
      open.add(socket);
      if (round % 3 === 0) continue;
      // In the order of their coming, as most do.
      const [oldest] = open;
      oldest?.destroy();
      if (oldest !== undefined) open.delete(oldest);
    }
    assert.deepEqual(new Set(sockets), open);
  });

  it('have no listener for their end', () => {
    const socket = new Socket();
    const before = socket.listenerCount('close');
    new OpenSockets().add(socket);
    assert.equal(socket.listenerCount('close'), before);
  });

  it('are looked after by others once they are WebSockets', async (test) => {
    const sockets = new OpenSockets();
    const server = createServer().on('connection', (socket: Socket) => sockets.add(socket));
    const upgraded: Duplex[] = [];
    server.on('upgrade', (_request, socket: Duplex) => {
      upgraded.push(socket);
      socket.on('error', () => undefined).write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const clients = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
    test.after(() => {
      for (const socket of [...clients, ...upgraded]) socket.destroy();
      server.close();
    });
    for (const client of clients.slice(1))
      client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    await until(() => upgraded.length === 99);
    for (let round = 0; round < 64; round += 1) sockets.add(new Socket().destroy()); // until it looks through them
    assert.equal([...sockets].length, 1);
  });
});
