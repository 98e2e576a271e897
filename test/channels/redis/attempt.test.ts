import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { Attempt } from '#src/channels/redis/attempt.js';
import { freePort, startRedis, withoutRedis } from '../../redis-server.js';

describe('an attempt to connect', { skip: withoutRedis }, () => {
  it('gives a client that may write, and says when that has ended', async () => {
    await using server = await startRedis();
    const attempt = new Attempt();
    const client = await attempt.connect({}, new URL(`${server.url}/3`), 'probe');
    assert.equal(attempt.host, '127.0.0.1');
    assert.equal(await client.set('key', 'value'), 'OK');
    assert.match(String(await client.call('CLIENT', 'INFO')), / db=3 .*name=yunction|name=yunction .* db=3 /);
    attempt.end();
    await attempt.ended;
  });

  it('fails by what the connection has broken by', async () => {
    const attempt = new Attempt();
    const url = new URL(`redis://127.0.0.1:${await freePort()}`);
    await assert.rejects(attempt.connect({}, url, 'probe'), /ECONNREFUSED/);
    await attempt.ended;
  });

  it('fails by what Redis answers', async () => {
    await using server = await startRedis('--requirepass', 'right');
    await assert.rejects(new Attempt().connect({}, new URL(server.url), 'probe'), /NOAUTH/);
  });

  it('fails where what it is to prepare fails', async () => {
    await using server = await startRedis();
    const attempt = new Attempt();
    const prepare = () => Promise.reject(new Error('not prepared'));
    await assert.rejects(attempt.connect({}, new URL(server.url), 'probe', prepare), /not prepared/);
    await attempt.ended;
  });

  it('can be given up while nobody answers, and leaves no connection behind', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    assert.ok(typeof address === 'object' && address !== null);
    const attempt = new Attempt();
    const connecting = attempt.connect({}, new URL(`redis://127.0.0.1:${address.port}`), 'probe');
    await Promise.race([once(silent, 'connection'), connecting]);
    attempt.end();
    await assert.rejects(connecting);
    await attempt.ended;
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, 'close');
  });
});
