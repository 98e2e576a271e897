import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';

import { ServerRequest } from '#src/body/server-request.js';
import { RawClient } from '../integration/http-raw-client.js';
import { cutAt, post, postChunked } from './body-server.js';

type Handle = (request: ServerRequest, response: ServerResponse) => void | Promise<void>;

describe('a request of the server', () => {
  let handle: Handle = () => undefined;
  const server = createServer(
    { IncomingMessage: ServerRequest },
    (request, response) => void handle(request, response),
  );
  const port = (): number => (server.address() as AddressInfo).port;
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Awaits the body, and gives what became of it. */
  function awaited(request: ServerRequest): Promise<Buffer> {
    return new Promise((resolve, reject) =>
      request.awaitBody(request, {
        came: ({ body }) => (body === undefined ? reject(new Error('no body')) : resolve(body)),
        broke: (_request, error) => reject(error ?? new Error('it broke')),
      }),
    );
  }

  /** The four ways of reading that node has. */
  const READS: Record<string, (request: ServerRequest) => Promise<Buffer>> = {
    events: (request) =>
      new Promise((resolve) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
      }),
    iterator: async (request) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer); // a request without an encoding gives bytes
      return Buffer.concat(chunks);
    },
    readable: (request) =>
      new Promise((resolve) => {
        const chunks: Buffer[] = [];
        request.on('end', () => resolve(Buffer.concat(chunks)));
        request.on('readable', () => {
          for (let chunk: Buffer | null; (chunk = request.read() as Buffer | null) !== null; ) chunks.push(chunk);
        });
      }),
    'awaited, then events': async (request) => {
      await awaited(request);
      assert.ok(READS['events']);
      return READS['events'](request);
    },
  };

  it('gives the same body however it is read, whenever, and in whatever pieces it comes', async () => {
    const client = await RawClient.open(port());
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(READS), 'awaited'),
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        fc.array(fc.nat(400), { maxLength: 4 }),
        fc.boolean(),
        fc.constantFrom('at once', 'in a turn'),
        async (way, body, cuts, chunked, when) => {
          // Only in its own turn can a request be awaited.
          const isAwaited = way.startsWith('awaited');
          const answered = new Promise<Buffer>((resolve, reject) => {
            handle = async (request, response) => {
              try {
                if (when === 'in a turn' && !isAwaited) await nextTurn();
                const read = way === 'awaited' ? await awaited(request) : await READS[way]?.(request);
                response.end(String(read?.length));
                resolve(read ?? Buffer.alloc(0));
              } catch (error) {
                reject(error);
              }
            };
          });
          const bytes = chunked ? postChunked(undefined, body.length === 0 ? [] : [body]) : post(undefined, body);
          for (const piece of cutAt(bytes, cuts)) client.write(piece);
          assert.deepEqual(await answered, body);
          assert.equal((await client.response()).body, String(body.length));
        },
      ),
      { numRuns: 300 },
    );
    await client.destroy();
  });

  it('has its body in the turn in which the last byte came', async () => {
    const client = await RawClient.open(port());
    let turns = 0;
    handle = (request, response) => {
      setImmediate(() => turns++);
      request.awaitBody(request, {
        came: ({ body, complete }) => response.end(`${body?.toString()} ${complete} ${turns}`),
        broke: () => assert.fail(),
      });
    };
    client.write(post('text/plain', 'all of it'));
    assert.equal((await client.response()).body, 'all of it true 0');
    await client.destroy();
  });

  it('tells of a client that leaves in the middle of an awaited body, once', async () => {
    const client = await RawClient.open(port());
    const told: unknown[] = [];
    const broke = new Promise<void>((resolve) => {
      handle = (request) =>
        request.awaitBody('waiter', {
          came: () => assert.fail(),
          broke: (waiter) => {
            told.push(waiter);
            resolve();
          },
        });
    });
    client.write(post('text/plain', 'half').subarray(0, -2));
    await nextTurn();
    await client.reset();
    await broke;
    await nextTurn();
    assert.deepEqual(told, ['waiter']);
  });

  it('cannot be awaited when something has come or has been read', async () => {
    const client = await RawClient.open(port());
    const states: boolean[] = [];
    handle = async (request, response) => {
      states.push(request.awaitable);
      await nextTurn();
      states.push(request.awaitable);
      response.end();
    };
    client.write(post('text/plain', 'body'));
    await client.response();
    await client.destroy();
    assert.deepEqual(states, [true, false]);
  });

  it('keeps the connection for the next request when nobody has read it, and node lets go of it', async () => {
    const client = await RawClient.open(port());
    const requests: ServerRequest[] = [];
    handle = (request, response) => {
      requests.push(request);
      response.end('ok');
    };
    for (const bytes of [
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      post(undefined, 'unread'),
      postChunked(undefined, ['a', 'b']),
    ]) {
      client.write(bytes);
      assert.equal((await client.response()).status, 200);
    }
    await client.destroy();
    for (const request of requests) assert.equal(request.readableEnded, true);
    // Where there was no body, without a stream: node listens for no end of it.
    assert.equal(requests[0]?.listenerCount('end'), 0);
  });

  it('is as any other where node gives up on it: read late, after its answer, it ends', async () => {
    const ended = new Promise<void>((resolve) => {
      handle = (request, response) => {
        request.on('end', resolve);
        response.end('early');
        request.resume();
      };
    });
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await ended;
    socket.destroy();
  });
});
