import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openBodyStream } from '#src/body/read-body.js';
import { BodyServer, codeOf, head, listenersOn, post, postChunked } from './body-server.js';

async function withServer<T>(
  read: (request: IncomingMessage) => Promise<T>,
  use: (server: BodyServer<T>) => Promise<void>,
): Promise<void> {
  const server = await new BodyServer(read).listen();
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

async function drain(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('openBodyStream', () => {
  it('gives the body, also inflated and without a limit', async () => {
    await withServer(
      (request) => drain(openBodyStream(request, undefined)),
      async (server) => {
        const body = Buffer.alloc(3 << 20, 'abc');
        const plain = await server.exchange(post(undefined, body));
        assert.ok(plain.value?.equals(body));
        assert.equal(listenersOn(plain.request), 0);
        const zipped = await server.exchange(post(undefined, gzipSync(body), { 'Content-Encoding': 'gzip' }));
        assert.ok(zipped.value?.equals(body));
        assert.deepEqual((await server.exchange(head(undefined, {}))).value, Buffer.alloc(0));
      },
    );
  });

  it('reads nothing before it is read itself', async () => {
    await withServer(
      async (request) => {
        const stream = openBodyStream(request, 10);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(listenersOn(request), 0);
        assert.equal(request.readableDidRead, false);
        return drain(stream);
      },
      async (server) => {
        assert.deepEqual((await server.exchange(post(undefined, '0123456789'))).value, Buffer.from('0123456789'));
      },
    );
  });

  it('holds the client back while nobody reads on', async () => {
    await withServer(
      async (request) => {
        const stream = openBodyStream(request, undefined);
        await once(stream, 'readable');
        stream.read(1);
        while (!request.isPaused()) await new Promise((resolve) => setImmediate(resolve));
        assert.ok(stream.readableLength < 1 << 20);
        return drain(stream);
      },
      async (server) => {
        const { value } = await server.exchange(post(undefined, Buffer.alloc(20 << 20)));
        assert.equal(value?.length, (20 << 20) - 1);
      },
    );
  });

  it('errors past its limit, announced or not', async () => {
    await withServer(
      (request) => drain(openBodyStream(request, 10)),
      async (server) => {
        for (const raw of [post(undefined, '01234567890'), postChunked(undefined, ['0123456789', '0'])]) {
          const outcome = await server.exchange(raw);
          assert.equal(codeOf(outcome), 'BODY_TOO_LARGE');
          assert.equal(listenersOn(outcome.request), 0);
          assert.equal(outcome.answerable, true);
        }
        assert.equal((await server.exchange(postChunked(undefined, ['01234', '56789']))).value?.length, 10);
      },
    );
  });

  it('errors when the client leaves', async () => {
    await withServer(
      (request) => drain(openBodyStream(request, undefined)),
      async (server) => {
        server.open(head(undefined, { 'Content-Length': '100' })).end('abc');
        const outcome = await server.outcome();
        assert.equal(codeOf(outcome), 'INCOMPLETE_BODY');
        assert.equal(listenersOn(outcome.request), 0);
      },
    );
  });

  it('does not end the process when the client leaves and nobody listens for the error', async () => {
    await withServer(
      async (request) => {
        const stream = openBodyStream(request, undefined);
        stream.resume();
        // Not events.once, which listens for errors.
        await new Promise((resolve) => stream.on('close', resolve));
        return stream.destroyed;
      },
      async (server) => {
        server.open(head(undefined, { 'Content-Length': '100' })).end('abc');
        assert.equal((await server.outcome()).value, true);
      },
    );
  });

  it('leaves the socket open when it is destroyed, so that an answer can be sent', async () => {
    await withServer(
      async (request) => {
        const stream = openBodyStream(request, undefined);
        await once(stream, 'readable');
        stream.destroy();
        await once(stream, 'close');
        return listenersOn(request);
      },
      async (server) => {
        for (const encoding of ['identity', 'gzip']) {
          const body = gzipSync(Buffer.alloc(100_000));
          const start = head(undefined, { 'Content-Length': '1000000', 'Content-Encoding': encoding });
          const socket = server.open(start, body);
          const [answer] = await once(socket, 'data');
          assert.match(String(answer), /^HTTP\/1.1 200 /);
          assert.equal((await server.outcome()).value, 0);
        }
      },
    );
  });
});
