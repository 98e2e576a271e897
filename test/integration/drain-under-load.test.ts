import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { KeepAliveClient, type Tally } from '../fixtures/keep-alive-client.js';
import { startFixture } from '../fixtures/run-process.js';
import { until } from '../until.js';
import { head, RawClient } from './http-raw-client.js';
import { Client } from './web-socket-client.js';

const CLIENTS = 64;
const RUNS = 3;

/** 64 clients post to the first of two servers, which gets SIGTERM in the middle. */
async function drainOnce(): Promise<{ tally: Tally; code: number | null }> {
  const env = { PORT: '0', YUNCTION_HOST: '127.0.0.1', ACCESS_LOG: 'false' };
  const [first, second] = [startFixture('load-app', [], { env }), startFixture('load-app', [], { env })];
  const ports = await Promise.all([first.port(), second.port()]);
  const tally: Tally = { answered: 0, lost: 0, serverErrors: 0, wrongAnswers: 0 };
  let goesOn = true;
  const clients = Array.from({ length: CLIENTS }, () => new KeepAliveClient(ports, tally).run(() => goesOn));
  await sleep(700);
  await until(() => tally.answered >= CLIENTS); // a busy machine takes longer to begin
  const before = tally.answered;
  first.signal('SIGTERM');
  const { code } = await first.ended;
  await until(() => tally.answered > before + 2 * CLIENTS); // all of them at the second server now
  goesOn = false;
  await Promise.all(clients);
  second.signal('SIGTERM');
  await second.ended;
  return { tally, code };
}

describe('SIGTERM under load', () => {
  it(`loses not one request of ${CLIENTS} keep-alive connections and answers none with 5xx`, async () => {
    for (let run = 0; run < RUNS; run++) {
      const { tally, code } = await drainOnce();
      assert.deepEqual({ ...tally, answered: 0 }, { answered: 0, lost: 0, serverErrors: 0, wrongAnswers: 0 });
      assert.equal(code, 0);
    }
  });

  it('lets uploads and downloads finish, and ends streams and sockets so that their clients come back', async () => {
    const env = { PORT: '0', YUNCTION_HOST: '127.0.0.1', ACCESS_LOG: 'false' };
    const process = startFixture('load-app', [], { env });
    const port = await process.port();
    const url = `http://127.0.0.1:${port}`;
    const tally: Tally = { answered: 0, lost: 0, serverErrors: 0, wrongAnswers: 0 };
    let goesOn = true;
    // The load goes on at a server that comes after.
    const second = startFixture('load-app', [], { env });
    const ports = [port, await second.port()];
    const load = Array.from({ length: 16 }, () => new KeepAliveClient(ports, tally).run(() => goesOn));

    const bytes = 64 * 1024;
    const uploads = await Promise.all(Array.from({ length: 8 }, () => RawClient.open(port)));
    for (const client of uploads) {
      client.write(head('POST /upload', { 'Content-Length': String(bytes) }), Buffer.alloc(bytes / 2));
    }
    const downloads = Array.from({ length: 8 }, async () => (await fetch(`${url}/download`)).text());
    const streams = await Promise.all(Array.from({ length: 8 }, () => fetch(`${url}/events`)));
    const sockets = await Promise.all(Array.from({ length: 8 }, () => Client.open(`${url}/socket`)));
    for (const socket of sockets) socket.send('last words');
    await sleep(50); // all of it is under way

    process.signal('SIGTERM');
    await process.output(/draining/);
    for (const client of uploads) client.write(Buffer.alloc(bytes / 2));
    for (const client of uploads) {
      const { status, body, whole } = await client.response();
      assert.deepEqual([status, body, whole], [200, JSON.stringify({ bytes }), true]);
    }
    for (const text of await Promise.all(downloads)) assert.equal(text, '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n');
    for (const stream of streams) assert.match(await stream.text(), /^data: ?first\n\nretry: ?\d+\n/);
    for (const socket of sockets) {
      assert.equal(await socket.frame(), 'handled last words');
      assert.equal((await socket.closed).code, 1012);
    }
    for (const client of uploads) await client.destroy();
    assert.equal((await process.ended).code, 0);
    goesOn = false;
    await Promise.all(load);
    assert.deepEqual({ ...tally, answered: 0 }, { answered: 0, lost: 0, serverErrors: 0, wrongAnswers: 0 });
    second.signal('SIGTERM');
    await second.ended;
  });
});
