import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';

import { OpenSockets } from '#src/server/open-sockets.js';

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
});
