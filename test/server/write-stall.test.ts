import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';

const CHUNK = Buffer.alloc(256 * 1024, 'x');
/** More than the kernels' buffers on both sides take. */
const CHUNKS = 64;

describe('a client that does not read', () => {
  let ended: string[] = [];

  @Controller()
  class Large {
    @Http('GET', '/whole') whole() {
      return Buffer.alloc(CHUNK.length * CHUNKS, 'x');
    }
    @Http('GET', '/stream') async *stream() {
      try {
        for (let n = 0; n < CHUNKS; n += 1) yield CHUNK;
      } finally {
        ended.push('stream');
      }
    }
    @Sse('/events') async *events() {
      try {
        for (let n = 0; n < CHUNKS; n += 1) yield 'x'.repeat(CHUNK.length);
      } finally {
        ended.push('events');
      }
    }
    @Http('GET', '/slow-source') async *slowSource() {
      yield 'first';
      await sleep(300);
      yield 'last';
    }
    @Http('GET', '/small') small() {
      return 'small';
    }
  }

  const cut = ({ lines }: Served) => lines.filter(({ msg }) => msg.includes('does not read')).length;

  for (const path of ['/whole', '/stream', '/events']) {
    it(`is cut when it takes nothing of ${path}`, async () => {
      ended = [];
      const served = await serve({ controllers: [Large], writeTimeoutMs: 150, maxBufferedBytes: 2 ** 30 });
      const socket = connect(served.port, '127.0.0.1').pause();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => undefined).write(head(`GET ${path}`));
      await until(() => cut(served) === 1);
      await until(() => path === '/whole' || ended.length === 1);
      socket.resume(); // what is left in its buffers, and then the end
      await closed;
      await served.close();
    });
  }

  it('is cut when it asks for many small answers and takes none of them', async () => {
    const served = await serve({ controllers: [Large], writeTimeoutMs: 150 });
    const socket = connect(served.port, '127.0.0.1').pause();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    const requests = head('GET /small').repeat(1000);
    const send = () => {
      if (!socket.destroyed && cut(served) === 0 && socket.write(requests)) setImmediate(send);
    };
    socket.on('drain', send);
    send();
    await until(() => cut(served) === 1);
    socket.resume();
    await closed;
    await served.close();
  });

  it('is not cut as long as it takes some, however long that lasts', async () => {
    const served = await serve({ controllers: [Large], writeTimeoutMs: 400 });
    const socket = connect(served.port, '127.0.0.1');
    socket.write(head('GET /whole', { Connection: 'close' }));
    const started = performance.now();
    let bytes = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Slow enough to last longer than the limit, quick enough to take some within each.
      if (performance.now() - started < 1200) await sleep(20);
    }
    assert.ok(bytes > CHUNK.length * CHUNKS, 'all of it came');
    assert.ok(performance.now() - started > 400, 'it lasted longer than the limit');
    assert.equal(cut(served), 0);
    await served.close();
  });

  it('is not taken for one where the source has nothing to say', async () => {
    const served = await serve({ controllers: [Large], writeTimeoutMs: 100 });
    const client = await RawClient.open(served.port);
    assert.equal((await client.write(head('GET /slow-source')).response()).body, 'firstlast');
    // The connection is kept, and has its usual time-out.
    assert.equal((await client.write(head('GET /small')).response()).body, 'small');
    assert.equal(cut(served), 0);
    await client.destroy();
    await served.close();
  });

  it('keeps the connection after a response that had to wait', async () => {
    const served = await serve({ controllers: [Large], writeTimeoutMs: 300, platform: 'fc' });
    const client = await RawClient.open(served.port);
    client.socket.pause();
    client.write(head('GET /stream'));
    await sleep(50);
    client.socket.resume();
    assert.equal((await client.response()).body.length, CHUNK.length * CHUNKS);
    await sleep(500); // longer than the limit: on fc nothing times an idle connection out
    assert.equal((await client.write(head('GET /small')).response()).body, 'small');
    await client.destroy();
    await served.close();
  });
});
