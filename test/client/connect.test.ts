import assert from 'node:assert/strict';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { connect } from '#src/client/connect.js';
import type { ConnectOptions, Connection } from '#src/client/connection.js';
import { until } from '../until.js';

/** Timers that keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('connect', () => {
  let server: WebSocketServer;
  let url: string;
  let asks: string[] = [];
  before(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket, request) => {
      asks.push(request.url ?? '');
      socket.on('message', (data: Buffer, isBinary) => {
        const text = data.toString();
        if (isBinary) socket.send(data);
        else if (text.startsWith('close ')) socket.close(Number(text.slice(6)), 'as asked');
        else if (text === 'cut') socket.terminate();
        else if (text.startsWith('{'))
          answer(socket, JSON.parse(text) as { id?: number; fail?: boolean; silent?: boolean });
        else socket.send(text);
      });
    });
    await new Promise((resolve) => server.once('listening', resolve));
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => server.close());

  function answer(socket: WebSocket, { id, fail, silent }: { id?: number; fail?: boolean; silent?: boolean }): void {
    if (silent === true) return;
    const error = { status: 409, code: 'CONFLICT', detail: 'no' };
    socket.send(JSON.stringify(fail === true ? { id, error } : { id, result: { id } }));
  }

  interface Seen {
    readonly connection: Connection;
    readonly messages: unknown[];
    readonly told: string[];
  }

  function open(options: ConnectOptions = {}, where: Parameters<typeof connect>[0] = url): Seen {
    const connection = connect(where, { WebSocket, backoff: { minMs: 1, maxMs: 10 }, ...options });
    const seen: Seen = { connection, messages: [], told: [] };
    connection.on('message', (message) => seen.messages.push(message));
    connection.on('state', (state) => seen.told.push(state));
    connection.on('close', ({ code, reason, final }) => seen.told.push(`${code} ${reason}${final ? ' for good' : ''}`));
    return seen;
  }

  it('sends text and bytes as they are and anything else as JSON, from the start', async () => {
    const { connection, messages } = open();
    connection.send('text');
    connection.send(new Uint8Array([1, 2]));
    connection.send(new Uint8Array([3]).buffer);
    connection.send([1, null]);
    await until(() => messages.length === 4);
    assert.deepEqual(
      messages.map((message) => (message instanceof ArrayBuffer ? [...new Uint8Array(message)] : message)),
      ['text', [1, 2], [3], [1, null]],
    );
    connection.close();
  });

  it('gives a request its answer, or the problem', async () => {
    const { connection, messages } = open();
    const [first, second] = await Promise.all([connection.request({}), connection.request({})]);
    assert.deepEqual([first, second], [{ id: 1 }, { id: 2 }]);
    await assert.rejects(connection.request({ fail: true }), { code: 'CONFLICT', message: 'no' });
    assert.deepEqual(messages, []);
    connection.close();
  });

  it('rejects what is not answered in time, and goes on', async () => {
    const { connection } = open();
    await assert.rejects(connection.request({ silent: true }, { timeoutMs: 10 }), { code: 'TIMEOUT' });
    assert.deepEqual(await connection.request({}), { id: 2 });
    connection.close();
  });

  it('gives the answer that comes too late to nobody', async () => {
    const { connection, messages } = open();
    // What was never sent has no late answer.
    await until(() => connection.state === 'open');
    await assert.rejects(connection.request({ silent: true }, { timeoutMs: 10 }), { code: 'TIMEOUT' });
    await assert.rejects(connection.request({ silent: true }, { timeoutMs: 10 }), { code: 'TIMEOUT' });
    // The server sends text back as it is: these are its late answers, and messages that are none.
    connection.send(' {"id":1,"result":"late"}');
    connection.send(' {"id":2,"error":{"code":"LATE"}}');
    connection.send(' {"id":2,"kind":"no answer"}');
    connection.send(' {"id":1,"result":"of another"}');
    await until(() => messages.length >= 2);
    assert.deepEqual(messages, [
      { id: 2, kind: 'no answer' },
      { id: 1, result: 'of another' },
    ]);
    connection.close();
  });

  it('gives a second answer to nobody where the first was an error: a copy of the request may still have been at work', async () => {
    const { connection, messages } = open();
    await assert.rejects(connection.request({ fail: true }), { code: 'CONFLICT' });
    connection.send(' {"id":1,"result":"late"}');
    connection.send('end');
    await until(() => messages.length > 0);
    assert.deepEqual(messages, ['end']);
    connection.close();
  });

  it('forgets them all where a thousand were never answered, so that its memory has an end', async () => {
    const { connection, messages } = open();
    await until(() => connection.state === 'open');
    for (let round = 0; round < 3; round += 1) {
      const given = Array.from({ length: 400 }, () => connection.request({ silent: true }, { timeoutMs: 5 }));
      for (const { status } of await Promise.allSettled(given)) assert.equal(status, 'rejected');
    }
    connection.send(' {"id":1,"result":"too late"}');
    connection.send(' {"id":1200,"result":"late"}');
    connection.send('end');
    await until(() => messages.includes('end'));
    assert.deepEqual(messages, [{ id: 1, result: 'too late' }, 'end']);
    connection.close();
  });

  it('connects again when it is cut off; what was on its way is lost, what comes later is sent', async () => {
    const { connection, told } = open();
    await until(() => connection.state === 'open');
    const lost = connection.request({ silent: true });
    connection.send('cut');
    await assert.rejects(lost, { code: 'LOST' });
    assert.equal(connection.state, 'waiting');
    assert.deepEqual(await connection.request({}), { id: 3 });
    assert.deepEqual(told, ['open', 'waiting', '1006 ', 'connecting', 'open']);
    connection.close();
  });

  it('comes back after a close that asks for it, and not after one that is final', async () => {
    for (const code of [1001, 1011, 1012, 1013, 3000]) {
      const { connection, told } = open();
      connection.send(`close ${code}`);
      await until(() => told.includes(`${code} as asked`) && connection.state === 'open');
      connection.close();
    }
    for (const code of [1000, 1003, 1007, 1008, 1009, 4000, 4999]) {
      const { connection, told } = open();
      const pending = connection.request({ silent: true });
      connection.send(`close ${code}`);
      await assert.rejects(pending, { code: 'CLOSED' });
      await until(() => told.includes(`${code} as asked for good`));
      assert.equal(connection.state, 'closed');
    }
  });

  it('asks for the URL at each attempt, and tries again where that fails', async () => {
    asks = [];
    let calls = 0;
    const address = async () => {
      calls += 1;
      if (calls === 1) throw new Error('no ticket');
      return `${url}?ticket=${calls}`;
    };
    const { connection, told } = open({}, address);
    await until(() => connection.state === 'open');
    connection.send('cut');
    await until(() => asks.length === 2);
    assert.deepEqual(asks, ['/?ticket=2', '/?ticket=3']);
    assert.ok(told.includes('1006 Error: no ticket'));
    connection.close();
  });

  it('gives up a URL that is none', async () => {
    const { told, connection } = open({}, 'nonsense://');
    await until(() => connection.state === 'closed');
    assert.match(told.at(-1) ?? '', /^1006 SyntaxError: .* for good$/);
  });

  it('gives up an attempt that takes too long, and makes another', async () => {
    const taken: Socket[] = [];
    const deaf = createTcpServer((socket) => void taken.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => deaf.once('listening', resolve));
    const { connection, told } = open({ timeoutMs: 20 }, `ws://127.0.0.1:${(deaf.address() as AddressInfo).port}/`);
    await until(() => taken.length === 3);
    assert.ok(told.includes('1006 late'));
    connection.close();
    for (const socket of taken) socket.destroy();
    deaf.close();
  });

  it('keeps a thousand messages at most for a connection that does not come', async () => {
    const { connection } = open({}, () => new Promise<string>(() => undefined));
    for (let count = 0; count < 999; count += 1) connection.send('x');
    const last = connection.request({});
    assert.throws(() => connection.send('x'), { code: 'FULL' });
    await assert.rejects(connection.request({}), { code: 'FULL' });
    connection.close();
    await assert.rejects(last, { code: 'CLOSED' });
  });

  it('is over when it is closed: nothing is left that would keep the process alive', async () => {
    const before = timers();
    const seen = open();
    const { connection, told } = seen;
    const pending = connection.request({ silent: true });
    await until(() => connection.state === 'open');
    connection.close(4000, 'done');
    connection.close();
    await assert.rejects(pending, { code: 'CLOSED' });
    assert.throws(() => connection.send('x'), { code: 'CLOSED' });
    await assert.rejects(connection.request({}), { code: 'CLOSED' });
    assert.deepEqual(told.slice(-2), ['closed', '4000 done for good']);
    const waiting = open({ backoff: { minMs: 60_000 } });
    await until(() => waiting.connection.state === 'open');
    waiting.connection.send('cut');
    await until(() => waiting.connection.state === 'waiting');
    waiting.connection.close();
    const connecting = open();
    connecting.connection.close();
    await until(() => server.clients.size === 0);
    await until(() => timers() <= before);
  });

  it('tells a listener until it is told to stop', async () => {
    const { connection, messages } = open();
    const heard: unknown[] = [];
    const off = connection.on('message', (message) => heard.push(message));
    connection.send('1');
    await until(() => messages.length === 1);
    off();
    connection.send('2');
    await until(() => messages.length === 2);
    assert.deepEqual(heard, [1]);
    connection.close();
  });

  it('needs a WebSocket', async () => {
    const seen = open({ WebSocket: undefined as never });
    if ('WebSocket' in globalThis) await until(() => seen.connection.state === 'open');
    else await until(() => seen.connection.state === 'closed');
    seen.connection.close();
  });
});
