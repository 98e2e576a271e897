import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';

import type { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { afterAnswers, hasLastAnswer, pendingResponse } from '#src/server/pending-response.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { upgradeBytes } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

const releases: (() => void)[] = [];
let upgrades = 0;

@Controller()
class Mixed {
  @Http('GET', '/quick') quick() {
    return 'quick';
  }
  @Http('GET', '/wait/:name') async wait(_event: unknown, { params }: HttpContext) {
    await new Promise<void>((resolve) => void releases.push(resolve));
    return params['name'];
  }
  @Http('GET', '/large') large() {
    return Buffer.alloc(16 << 20);
  }
  @Http('GET', '/stream') async *stream() {
    for (let index = 0; index < 200; index += 1) yield Buffer.alloc(65_536);
  }
  @WebSocket('/ws', { on: 'upgrade' }) upgrade() {
    upgrades += 1;
  }
  @WebSocket('/ws') said(text: string) {
    return text;
  }
}

const UPGRADE = upgradeBytes('/ws');

describe('an upgrade that is pipelined after other requests', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Mixed] });
  });
  after(() => served.close());
  beforeEach(() => {
    releases.length = 0;
    upgrades = 0;
  });

  it('is answered after them, in order, and never ends the process', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /wait/first') + head('GET /quick') + UPGRADE);
    await until(() => releases.length === 1);
    assert.equal(upgrades, 0);
    releases[0]?.();
    assert.equal((await client.response()).body, 'first');
    assert.equal((await client.response()).body, 'quick');
    assert.equal((await client.response()).status, 101);
    assert.equal(upgrades, 1);
    await client.destroy();
  });

  it('waits for an answer that takes long to be written, streamed ones included', async () => {
    for (const path of ['/large', '/stream']) {
      const client = await RawClient.open(served.port);
      client.socket.pause();
      client.write(head(`GET ${path}`) + UPGRADE);
      await until(() => served.app.requestsInFlight.length === 1);
      client.socket.resume();
      assert.equal((await client.response()).whole, true);
      assert.equal((await client.response()).status, 101);
      await client.destroy();
    }
  });

  it('is not done where the answer before it ends the connection', async () => {
    const closing = await RawClient.open(served.port);
    closing.write(head('GET /quick', { Connection: 'close' }) + UPGRADE);
    assert.equal((await closing.response()).body, 'quick');
    await closing.end();
    await closing.destroy();
    assert.equal(upgrades, 0);
  });

  it('is not done behind the answer that ends the connection, in the turn in which that is written', async () => {
    const asked = (path: string) => `${head(`GET ${path}`, { 'Transfer-Encoding': 'chunked' })}3\r\nabc\r\n0\r\n\r\n`;
    const closing = await RawClient.open(served.port);
    closing.write(asked('/none') + asked('/quick') + UPGRADE);
    assert.equal((await closing.response()).status, 404);
    await assert.rejects(closing.response(), /the connection ended after ""/);
    await closing.destroy();
    assert.equal(upgrades, 0);
  });

  it('leaves nothing where the client leaves, however it does', async () => {
    for (const leave of ['destroy', 'reset'] as const) {
      const leaving = await RawClient.open(served.port);
      leaving.write(head('GET /wait/gone') + UPGRADE);
      await until(() => releases.length === 1);
      await leaving[leave]();
      releases.pop()?.();
      await until(() => served.app.requestsInFlight.length === 0);
    }
    assert.deepEqual(
      served.lines.filter(({ level }) => level === 'error'),
      [],
    );
  });

  it('is an upgrade to a protocol that is passed over, too', async () => {
    const client = await RawClient.open(served.port);
    const h2c = head('GET /quick', { Connection: 'Upgrade', Upgrade: 'h2c' });
    client.write(head('GET /wait/first') + h2c);
    await until(() => releases.length === 1);
    releases[0]?.();
    assert.equal((await client.response()).body, 'first');
    assert.equal((await client.response()).body, 'quick');
    await client.destroy();
  });
});

describe('hasLastAnswer()', () => {
  it('is so from the end of the server’s side on', () => {
    const socket = new PassThrough();
    assert.equal(hasLastAnswer(socket), false);
    socket.end();
    assert.equal(hasLastAnswer(socket), true);
  });
});

describe('afterAnswers()', () => {
  it('goes on at once on a connection on which nothing is under way, and puts nothing on it', () => {
    const socket = new PassThrough();
    let gone = 0;
    afterAnswers(socket, () => (gone += 1));
    assert.deepEqual([gone, pendingResponse(socket)], [1, undefined]);
    assert.deepEqual([socket.listenerCount('error'), socket.listenerCount('finish')], [0, 0]);
  });
});
