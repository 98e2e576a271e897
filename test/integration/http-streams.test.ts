import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';
import { exchange, head, RawClient } from './http-raw-client.js';

const PIECE = Buffer.alloc(64 * 1024, 'x');
let pulled = 0;
let ended: string[] = [];
let signal: AbortSignal | undefined;

/** Sources of a body, by name; each says when it has ended. */
const SOURCES: Record<string, (context: HttpContext) => unknown> = {
  readable: () =>
    new Readable({
      read() {
        pulled += 1;
        this.push(PIECE);
      },
      destroy(_error, done) {
        ended.push('readable');
        done(null);
      },
    }),
  'web-stream': () =>
    new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(PIECE);
      },
      cancel() {
        ended.push('web-stream');
      },
    }),
  generator: async function* () {
    try {
      for (;;) {
        pulled += 1;
        yield PIECE;
      }
    } finally {
      ended.push('generator');
    }
  },
  'waiting-readable': () =>
    new Readable({
      read() {
        if (pulled++ === 0) this.push('first');
      },
      destroy(_error, done) {
        ended.push('waiting-readable');
        done(null);
      },
    }),
  'waiting-web-stream': () =>
    new ReadableStream(
      {
        pull(controller) {
          if (pulled++ === 0) controller.enqueue('first');
          else return new Promise(() => {});
        },
        cancel() {
          ended.push('waiting-web-stream');
        },
      },
      { highWaterMark: 0 },
    ),
  'waiting-web-response': () => new Response(SOURCES['waiting-web-stream-bytes']?.({} as never) as ReadableStream),
  'waiting-web-stream-bytes': () =>
    new ReadableStream({
      pull(controller) {
        if (pulled++ === 0) controller.enqueue(Buffer.from('first'));
        else return new Promise(() => {});
      },
      cancel() {
        ended.push('waiting-web-response');
      },
    }),
  'waiting-generator': async function* (context) {
    try {
      yield 'first';
      await once(context.signal, 'abort');
    } finally {
      ended.push('waiting-generator');
    }
  },
  'after-leaving': async ({ signal: left }) => {
    pulled = 1;
    await once(left, 'abort');
    return SOURCES['readable']?.({} as never); // which takes no context
  },
  'fails-midway': async function* () {
    yield 'some';
    await sleep(20); // so that it has gone out
    throw new Error('midway');
  },
  'shorter-than-announced': () => ({
    statusCode: 200,
    headers: { 'content-length': '9' },
    body: Readable.from(['some']),
  }),
  'longer-than-announced': () => ({
    statusCode: 200,
    headers: { 'content-length': 4 },
    body: Readable.from(['some', 'more']),
  }),
  'as-announced': () => ({ statusCode: 200, headers: { 'Content-Length': '5' }, body: Readable.from(['so', 'mü']) }),
  'bad-chunk-midway': async function* () {
    yield 'some';
    await sleep(20);
    yield { an: 'object' };
  },
};

@Controller()
class Streams {
  @Http('GET', '/:kind')
  get(_event: unknown, context: HttpContext): unknown {
    signal = context.signal;
    return SOURCES[context.params['kind'] ?? '']?.(context);
  }

  @Http('POST', '/echo')
  echo(body: Readable): Readable {
    return body;
  }
}

describe('a streamed body', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Streams] });
  });
  after(() => served.close());
  beforeEach(() => {
    pulled = 0;
    ended = [];
    served.lines.length = 0;
  });

  for (const kind of ['readable', 'web-stream', 'generator']) {
    it(`is pulled only as fast as the client reads, and ended when it leaves: ${kind}`, async () => {
      const client = await RawClient.open(served.port);
      client.socket.pause();
      client.write(head(`GET /${kind}`));
      const count = () => pulled;
      let earlier = -1;
      while (count() === 0 || count() !== earlier) {
        earlier = count();
        await sleep(100);
      }
      assert.ok(pulled < 500, `${pulled} pieces of 64 KiB are more than the sockets' buffers hold`);
      await client.reset();
      await until(() => ended.length > 0);
      assert.deepEqual([ended, signal?.aborted], [[kind], true]);
    });
  }

  for (const kind of ['waiting-readable', 'waiting-web-stream', 'waiting-web-response', 'waiting-generator']) {
    it(`is ended when the client leaves though the source waits: ${kind}`, async () => {
      const client = await RawClient.open(served.port);
      client.write(head(`GET /${kind}`));
      await once(client.socket, 'data');
      await client.reset();
      await until(() => ended.length > 0);
      assert.deepEqual(ended, [kind]);
      assert.deepEqual(
        served.lines.filter(({ level }) => level === 'error'),
        [],
      );
    });

    it(`is ended without being read where HEAD asks: ${kind}`, async () => {
      const response = await exchange(served.port, head(`HEAD /${kind}`));
      assert.equal(response.status, 200);
      if (kind !== 'waiting-generator') assert.deepEqual(ended, [kind]); // a generator that has not begun has no end
    });
  }

  it('is destroyed unread when the handler gives it after the client has left', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /after-leaving'));
    await until(() => pulled > 0);
    await client.reset();
    await until(() => ended.length > 0);
    assert.deepEqual([ended, pulled], [['readable'], 1]);
  });

  for (const kind of ['fails-midway', 'bad-chunk-midway']) {
    it(`breaks the connection when the source fails midway, and is logged once: ${kind}`, async () => {
      const response = await exchange(served.port, head(`GET /${kind}`));
      assert.deepEqual([response.status, response.body, response.whole], [200, 'some', false]);
      assert.deepEqual(
        served.lines.filter(({ level }) => level === 'error').map(({ msg, route }) => [msg, route]),
        [['a response body failed midway', 'Streams.get']],
      );
    });
  }

  for (const [kind, fate] of [
    ['shorter-than-announced', 'breaks the connection, so that nobody waits for the rest'],
    ['longer-than-announced', 'is cut off, so that the rest is not taken for the next response'],
  ] as const) {
    it(`${fate}: ${kind}`, async () => {
      const client = await RawClient.open(served.port);
      const response = await client
        .write(head(`GET /${kind}`))
        .response()
        .catch(() => undefined);
      assert.ok(response === undefined || 'some'.startsWith(response.body));
      await client.end();
      await client.destroy();
      assert.equal(served.lines.filter(({ level }) => level === 'error').length, 1);
    });
  }

  it('may announce its length', async () => {
    const response = await exchange(served.port, head('GET /as-announced'));
    assert.deepEqual([response.headers.get('content-length'), response.body], [['5'], 'somü']);
  });

  it('may be the body of the request itself', async () => {
    const { body } = await request(`${served.url}/echo`, { method: 'POST', body: Readable.from(['a', PIECE, 'b']) });
    assert.equal((await body.text()).length, PIECE.length + 2);
  });
});
