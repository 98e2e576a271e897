import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import { HttpRefused, testApplication, type TestApplication } from '#src/testing/index.js';
import { RoomController } from './notes.js';
import { rawServer } from './raw-server.js';
import { TestWebSocket } from '#src/testing/test-web-socket.js';

function rooms(): Promise<TestApplication> {
  return testApplication({ controllers: [RoomController] });
}

describe('TestWebSocket', () => {
  it('receives what is sent at once after 101, parsed', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    assert.deepEqual(await socket.next(), { welcome: 'tea' });
  });

  it('sends objects as JSON, text as it is and bytes as a binary frame', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    await socket.next();
    socket.send({ type: 'say', text: 'one' });
    assert.deepEqual(await socket.next(), { said: 'one' });
    socket.send('{"type":"say","text":"two"}');
    assert.deepEqual(await socket.next(), { said: 'two' });
    socket.send(Buffer.from([0, 255]));
    assert.deepEqual(await socket.next(), Buffer.from([0, 255]));
  });

  it('gives text that is no JSON as it is', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    await socket.next();
    socket.ws.emit('message', Buffer.from('not {json}'), false);
    assert.equal(await socket.next(), 'not {json}');
  });

  it('matches answers to requests, whatever comes in between', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    const [first, second] = [
      socket.request<number>({ type: 'sum', left: 1, right: 2 }),
      socket.request<number>({ type: 'sum', left: 3, right: 4, id: 'own' }),
    ];
    socket.send({ type: 'say', text: 'between' });
    assert.deepEqual(await Promise.all([second, first]), [7, 3]);
    assert.deepEqual([await socket.next(), await socket.next()], [{ welcome: 'tea' }, { said: 'between' }]);
  });

  it('rejects a request with the problem that answers it', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    await assert.rejects(socket.request({ type: 'sum', left: 1 }), (error) => {
      assert.ok(error instanceof HttpRefused);
      assert.equal(error.status, 400);
      assert.equal(error.problem?.code, 'VALIDATION_FAILED');
      assert.deepEqual(
        error.problem?.errors?.map(({ path, rule }) => [path, rule]),
        [['right', 'isInt']],
      );
      return true;
    });
    assert.equal(await socket.request({ type: 'sum', left: 1, right: 1 }), 2);
  });

  it('does not wait for ever, and says for what', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    await socket.next();
    await assert.rejects(socket.next(1), /^Error: waited 1 ms for the next message of WS \/rooms\/tea$/);
    socket.ws.pause();
    await assert.rejects(
      socket.request({ type: 'sum', left: 1, right: 1 }, 1),
      /waited 1 ms for the answer to request 1/,
    );
    socket.ws.resume();
  });

  it('tells how it was closed, and rejects whoever still waits', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    await socket.next();
    const waiting = Promise.allSettled([
      socket.next(),
      socket.request({ type: 'close', code: 4001, reason: 'enough' }),
    ]);
    assert.deepEqual(await socket.closed, { code: 4001, reason: 'enough' });
    for (const outcome of await waiting) {
      assert.equal(outcome.status, 'rejected');
      assert.match(String(outcome.reason), /WS \/rooms\/tea was closed with 4001: enough/);
    }
    await assert.rejects(socket.next(), /closed with 4001/);
    await assert.rejects(socket.request({}), /closed with 4001/);
  });

  it('still gives what came before the close', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    socket.send({ type: 'close', code: 1000, reason: '' });
    await socket.closed;
    assert.deepEqual(await socket.next(), { welcome: 'tea' });
  });

  it('closes with the code and reason that it is told', async () => {
    await using application = await rooms();
    const [plain, own] = [await application.webSocket('/rooms/tea'), await application.webSocket('/rooms/tea')];
    plain.close();
    own.close(4002, 'bye');
    assert.deepEqual(
      [await plain.closed, await own.closed],
      [
        { code: 1000, reason: '' },
        { code: 4002, reason: 'bye' },
      ],
    );
  });

  it('agrees on a subprotocol', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea', { protocols: ['other', 'notes.v1', 'notes.v2'] });
    assert.equal(socket.protocol, 'notes.v2');
  });

  it('rejects with the problem when the upgrade is refused', async () => {
    await using application = await rooms();
    await assert.rejects(application.webSocket('/rooms/closed'), { name: 'HttpRefused', status: 403 });
    await assert.rejects(application.webSocket('/nowhere'), { name: 'HttpRefused', status: 404 });
    await assert.rejects(application.webSocket('/rooms/teapot'), (error) => {
      assert.ok(error instanceof HttpRefused);
      assert.deepEqual([error.status, error.problem?.code, error.problem?.detail], [418, 'TEAPOT', 'short and stout']);
      return true;
    });
  });

  it('sends path, query and headers as they are given', async () => {
    await using server = await rawServer((socket) =>
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    );
    const init = { headers: { 'X-Odd-Case': 'v', Origin: 'https://other.example' }, query: { ticket: 'ä' } };
    await assert.rejects(
      TestWebSocket.open(server.port, '/a/../b%2Fc', init, () => undefined),
      { status: 400 },
    );
    const lines = server.received().split('\r\n');
    assert.equal(lines[0], 'GET /a/../b%2Fc?ticket=%C3%A4 HTTP/1.1');
    assert.ok(lines.includes('X-Odd-Case: v') && lines.includes('Origin: https://other.example'));
  });

  it('rejects when the connection breaks before it is open', async () => {
    await using server = await rawServer((socket) => socket.destroy());
    await assert.rejects(
      TestWebSocket.open(server.port, '/', {}, () => undefined),
      { code: 'ECONNRESET' },
    );
  });

  it('survives a server that breaks the protocol, and says so by the code', async () => {
    await using application = await rooms();
    const socket = await application.webSocket('/rooms/tea');
    await socket.next();
    const failed = once(socket.ws, 'error');
    socket.ws.emit('error', new RangeError('Invalid WebSocket frame'));
    await failed;
    socket.ws.terminate();
    assert.deepEqual(await socket.closed, { code: 1006, reason: '' });
  });
});
