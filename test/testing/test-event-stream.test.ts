import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';

import { sendRequest } from '#src/testing/send-request.js';
import { TestEventStream } from '#src/testing/test-event-stream.js';
import { rawServer, type RawServer } from './raw-server.js';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n';

interface Opened {
  readonly server: RawServer;
  readonly socket: Socket;
  readonly message: IncomingMessage;
  readonly stream: TestEventStream;
}

/** A stream, and the server's side of it. */
async function opened(head = HEAD): Promise<Opened> {
  let socket: Socket | undefined;
  const server = await rawServer((accepted) => {
    socket = accepted;
    accepted.write(head);
  });
  try {
    const message = await sendRequest(server.port, 'GET', '/s', {}, () => undefined);
    const stream = await TestEventStream.open('GET /s', message);
    assert.ok(socket !== undefined);
    return { server, socket, message, stream };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

describe('TestEventStream', () => {
  it('gives events, the status, headers, comments, the retry and the last id', async () => {
    const { server, socket, stream } = await opened();
    await using _ = server;
    socket.write(': hello\nretry: 900\nid: 4\nevent: step\ndata: {"a":1}\n\n');
    const event = await stream.next();
    assert.deepEqual([event?.event, event?.data, event?.id], ['step', '{"a":1}', '4']);
    assert.deepEqual(event?.json(), { a: 1 });
    assert.equal(stream.status, 200);
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.deepEqual([stream.comments, stream.retryMs, stream.lastEventId], [['hello'], 900, '4']);
  });

  it('says what the data is where it is no JSON', async () => {
    const { server, socket, stream } = await opened();
    await using _ = server;
    socket.write('event: oops\ndata: plain\n\n');
    const event = await stream.next();
    assert.throws(() => event?.json(), /event 'oops' is no JSON: plain/);
  });

  it('is iterated to its end, and further after a loop was left', async () => {
    const { server, socket, stream } = await opened();
    await using _ = server;
    socket.end('data: a\n\ndata: b\n\ndata: c\n\ndata: not ended');
    const seen: string[] = [];
    for await (const { data } of stream) {
      seen.push(data);
      if (data === 'a') break;
    }
    for await (const { data } of stream) seen.push(data);
    assert.deepEqual(seen, ['a', 'b', 'c']);
    assert.equal(await stream.next(), undefined);
  });

  it('does not wait for ever, and says for what', async () => {
    const { server, socket, stream } = await opened();
    await using _ = server;
    await assert.rejects(stream.next(1), /^Error: waited 1 ms for the next event of GET \/s$/);
    socket.write('data: late\n\n');
    assert.equal((await stream.next())?.data, 'late');
  });

  it('rejects when the connection breaks, after what has come', async () => {
    const { server, socket, stream } = await opened(HEAD.replace('Connection: close', 'Content-Length: 1000'));
    await using _ = server;
    socket.end('data: a\n\n');
    assert.equal((await stream.next())?.data, 'a');
    await assert.rejects(stream.next(), { code: 'ECONNRESET' });
  });

  it('ends for whoever waits when it is closed, and cuts the connection', async () => {
    const { server, socket, stream } = await opened();
    await using _ = server;
    const [pending, cut] = [stream.next(), once(socket, 'close')];
    stream.close();
    stream.close();
    assert.equal(await pending, undefined);
    await cut;
  });

  it('reads no further while many events wait, and loses none', async () => {
    const { server, socket, message, stream } = await opened();
    await using _ = server;
    const [count, filler] = [2000, 'x'.repeat(1000)];
    for (let number = 1; number <= count; number += 1) socket.write(`id: ${number}\ndata: ${filler}\n\n`);
    socket.end();
    while (!message.isPaused() && !message.readableEnded) await new Promise(setImmediate);
    assert.ok(message.isPaused());
    let last = 0;
    for await (const { id } of stream) {
      assert.equal(Number(id), last + 1);
      last += 1;
    }
    assert.equal(last, count);
  });

  it('refuses an answer that is no event stream', async () => {
    const plain = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi';
    await assert.rejects(opened(plain), { name: 'HttpRefused', status: 200, problem: undefined });
    const wrong = HEAD.replace('200 OK', '503 Unavailable').replace('Connection: close', 'Content-Length: 0');
    await assert.rejects(opened(wrong), { name: 'HttpRefused', status: 503 });
  });
});
