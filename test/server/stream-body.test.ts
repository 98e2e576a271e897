import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { exchange, head, RawClient } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';

let ended: string[] = [];
let begun = 0;

/** A generator that says when it was begun and when it has ended. */
async function* letters(name: string, ...chunks: unknown[]): AsyncGenerator {
  begun += 1;
  try {
    for (const chunk of chunks) {
      await sleep(1);
      yield chunk;
    }
  } finally {
    ended.push(name);
  }
}

/** A `Readable` that says when it is destroyed. */
function readable(name: string, ...chunks: unknown[]): Readable {
  const source = Readable.from(chunks);
  source.on('close', () => void ended.push(name));
  return source;
}

function answer(statusCode: number, headers: Record<string, string | number | readonly string[]>, body: unknown) {
  return { statusCode, headers, body };
}

/** Bodies by name; the name is also what says that the source has ended. */
const BODIES: Record<string, (name: string, context: HttpContext) => unknown> = {
  plain: (name) => letters(name, 'a', 'b'),
  typed: (name) => answer(200, { 'content-TYPE': 'text/csv' }, letters(name, 'a')),
  kinds: (name) =>
    letters(name, '', 'ü', Buffer.from('b'), new Uint8Array(), new TextEncoder().encode('c').buffer, 'd'),
  empty: (name) => letters(name),
  'no-content': (name) => answer(204, { 'Content-Length': 1 }, readable(name, 'a')),
  'not-modified': (name) => answer(304, { ETag: '"1"' }, readable(name, 'a')),
  'reset-content': (name) => answer(205, {}, readable(name, 'a')),
  'reset-content-blob': () => answer(205, {}, new Blob(['a'])),
  number: (name) => letters(name, 7),
  'null-chunk': (name) => letters(name, null),
  view: (name) => letters(name, new Uint16Array(1)),
  'fails-first': (name) => {
    const source = letters(name, 'a');
    const next = () => source.next().then(() => Promise.reject(new Error('first')));
    return { [Symbol.asyncIterator]: () => ({ next, return: () => source.return(undefined) }) };
  },
  'fails-at-once': () => ({
    [Symbol.asyncIterator]() {
      throw new Error('at once');
    },
  }),
  'fails-last': async function* () {
    yield 'a';
    await sleep(10); // so that it has gone out
    throw new Error('last');
  },
  'late-readable-error': () => {
    const source = new Readable({ read() {} });
    source.destroy(new Error('before it was given'));
    return source;
  },
  'destroyed-readable': () => readable('x', 'a').destroy(),
  'locked-stream': () => {
    const { body } = new Response('a');
    body?.getReader();
    return body;
  },
  'return-fails': () => {
    let count = 0;
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => (count++ === 0 ? Promise.resolve({ value: 'first' }) : new Promise(() => {})),
        return() {
          ended.push('return-fails');
          return Promise.reject(new Error('return'));
        },
      }),
    };
  },
  'first-when-left': async function* (name, { signal }) {
    try {
      begun += 1;
      await once(signal, 'abort');
      yield 'for nobody';
    } finally {
      ended.push(name);
    }
  },
  'fails-when-left': async function* (name, { signal }) {
    try {
      if (signal.aborted) yield 'never';
      begun += 1;
      await once(signal, 'abort');
      throw new Error('for nobody');
    } finally {
      ended.push(name);
    }
  },
  many: (name) => letters(name, ...Array<Buffer>(40).fill(Buffer.alloc(256 * 1024, 'x'))),
  ...Object.fromEntries(
    ['chunked', 'identity', 'gzip, chunked'].map((coding) => [
      `coding-${coding}`,
      (name: string) => answer(200, { 'transfer-encoding': coding }, letters(name, 'abc')),
    ]),
  ),
  'coding-and-length': (name) =>
    answer(200, { 'Transfer-Encoding': 'chunked', 'Content-Length': 3 }, letters(name, 'abc')),
  'length-as-list-of-one': (name) => answer(200, { 'Content-Length': ['3'] }, letters(name, 'abc')),
  'length-none': (name) => answer(200, { 'content-length': 'abc' }, readable(name, 'abc')),
  'length-negative': (name) => answer(200, { 'Content-Length': -3 }, readable(name, 'abc')),
  'length-fraction': (name) => answer(200, { 'Content-Length': 1.5 }, readable(name, 'abc')),
  'length-blank': (name) => answer(200, { 'Content-Length': '' }, readable(name, 'abc')),
  'length-twice': (name) => answer(200, { 'Content-Length': ['3', '3'] }, readable(name, 'abc')),
};

@Controller()
class Bodies {
  @Http('GET', '/b/:name') get(_event: unknown, context: HttpContext): unknown {
    const { name = '' } = context.params;
    return BODIES[decodeURIComponent(name)]?.(name, context);
  }
  @Http('GET', '/never', { timeoutMs: 20 }) never(_event: unknown, context: HttpContext): unknown {
    return BODIES['first-when-left']?.('never', context);
  }
  @Http('GET', '/next') next(): string {
    return 'next';
  }
}

describe('streamBody', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Bodies] });
  });
  after(() => served.close());
  beforeEach(() => {
    ended = [];
    begun = 0;
    served.lines.length = 0;
  });
  const errors = () => served.lines.filter(({ level }) => level === 'error').map(({ msg }) => msg);

  /** The answer, after which the connection must serve another request. */
  async function get(name: string, method = 'GET') {
    const client = await RawClient.open(served.port);
    const path = `/b/${encodeURIComponent(name)}`;
    const response = await client.write(head(`${method} ${path}`), head('GET /next')).response(method);
    assert.ok(response.whole);
    const next = await client.response();
    assert.deepEqual([next.status, next.body], [200, 'next'], 'the connection is out of step');
    await client.destroy();
    return response;
  }

  it('sends bytes in chunks, as octets unless the headers name a type', async () => {
    const plain = await get('plain');
    assert.deepEqual([plain.status, plain.body], [200, 'ab']);
    assert.deepEqual(plain.headers.get('content-type'), ['application/octet-stream']);
    assert.deepEqual(plain.headers.get('transfer-encoding'), ['chunked']);
    assert.deepEqual((await get('typed')).headers.get('content-type'), ['text/csv']);
    assert.deepEqual(ended, ['plain', 'typed']);
  });

  it('takes text, bytes and array buffers, and no empty chunk for the end', async () => {
    assert.equal((await get('kinds')).body, 'übcd');
    assert.equal((await get('empty')).body, '');
  });

  it('ends with the connection where the client speaks HTTP/1.0, which knows no chunks', async () => {
    const client = await RawClient.open(served.port);
    client.write('GET /b/plain HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    const { headers, body } = await client.response();
    assert.deepEqual([headers.has('transfer-encoding'), body], [false, 'ab']); // RFC 9112, section 6.1
    await client.end();
    await client.destroy();
  });

  for (const coding of ['chunked', 'identity', 'gzip, chunked']) {
    it(`is framed by the server, whatever transfer coding the headers claim: ${coding}`, async () => {
      const name = `coding-${coding}`;
      const { headers, body } = await get(name);
      assert.deepEqual([headers.get('transfer-encoding'), body], [['chunked'], 'abc']);
      assert.equal((await get(name, 'HEAD')).headers.has('transfer-encoding'), false);
      const old = await exchange(served.port, `GET /b/${encodeURIComponent(name)} HTTP/1.0\r\n\r\n`);
      assert.deepEqual([old.headers.has('transfer-encoding'), old.body], [false, 'abc']); // RFC 9112, section 6.1
    });
  }

  it('never has both a length and a transfer coding, which two proxies may read differently', async () => {
    const { headers, body } = await get('coding-and-length');
    assert.deepEqual([headers.get('content-length'), headers.has('transfer-encoding'), body], [['3'], false, 'abc']);
  });

  for (const name of ['length-none', 'length-negative', 'length-fraction', 'length-blank', 'length-twice']) {
    it(`is an error where its length is no number of bytes, and its source is ended: ${name}`, async () => {
      for (const method of ['GET', 'HEAD']) assert.equal((await get(name, method)).status, 500, method);
      assert.match(errors()[0] ?? '', /RangeError: Content-Length: /);
      await until(() => ended.length === 2);
    });
  }

  it('takes a length in a list of one', async () => {
    const { headers, body } = await get('length-as-list-of-one');
    assert.deepEqual([headers.get('content-length'), body], [['3'], 'abc']);
  });

  for (const [name, status] of [
    ['no-content', 204],
    ['not-modified', 304],
  ] as const) {
    it(`has no body with ${status}, and its source is ended unread`, async () => {
      const response = await get(name);
      assert.equal(response.status, status);
      assert.equal(response.headers.has('content-length'), false);
      assert.equal(response.headers.has('transfer-encoding'), false);
      await until(() => ended.length > 0);
    });
  }

  it('is empty with 205, which has a length of nought (RFC 9110, section 15.3.6), and its source is ended', async () => {
    for (const name of ['reset-content', 'reset-content-blob']) {
      const { status, headers, body } = await get(name);
      assert.deepEqual([status, headers.get('content-length'), body], [205, ['0'], '']);
    }
    await until(() => ended.length > 0);
  });

  it('begins no source where HEAD asks, and the connection goes on', async () => {
    const response = await get('plain', 'HEAD');
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, ['application/octet-stream']]);
    assert.equal(begun, 0);
  });

  for (const name of ['number', 'null-chunk', 'view', 'fails-first', 'fails-at-once', 'late-readable-error']) {
    it(`is an ordinary error where the source fails before its first bytes: ${name}`, async () => {
      assert.equal((await get(name)).status, 500);
      assert.equal(errors().length, 1);
      if (begun > 0) await until(() => ended.length > 0);
    });
  }

  it('is an ordinary error where the source was used up before it was given', async () => {
    for (const name of ['destroyed-readable', 'locked-stream']) assert.equal((await get(name)).status, 500, name);
  });

  it('breaks the connection where the source fails after its last bytes', async () => {
    const response = await exchange(served.port, head('GET /b/fails-last'));
    assert.deepEqual([response.status, response.body, response.whole], [200, 'a', false]);
    assert.deepEqual(errors(), ['a response body failed midway']);
  });

  it('does not mind how a source ends whose client has left', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /b/return-fails'));
    await once(client.socket, 'data');
    await client.reset();
    await until(() => ended.length > 0);
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(errors(), []);
  });

  for (const name of ['first-when-left', 'fails-when-left']) {
    it(`answers nobody where the client leaves before the first bytes: ${name}`, async () => {
      const client = await RawClient.open(served.port);
      client.write(head(`GET /b/${name}`));
      await until(() => begun > 0);
      await client.reset();
      await until(() => ended.length > 0);
      await until(() => served.app.requestsInFlight.length === 0);
      assert.deepEqual(errors(), []);
    });
  }

  it('is 504 where the first bytes do not come in time, and the source is ended', async () => {
    const response = await exchange(served.port, head('GET /never'));
    assert.equal(response.status, 504);
    await until(() => ended.length > 0);
    assert.deepEqual(errors(), ['no answer within the time that the handler has']);
  });

  it('leaves no listeners behind, however often it waits for a slow client', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    const client = await RawClient.open(served.port);
    client.socket.pause();
    client.write(head('GET /b/many'));
    await until(() => begun > 0);
    await sleep(50); // so that it waits at least once: most of it does not fit into the sockets' buffers
    client.socket.resume();
    const response = await client.response();
    assert.deepEqual([response.body.length, response.whole], [40 * 256 * 1024, true]);
    await client.destroy();
    await sleep(0); // warnings come on the next tick
    process.off('warning', warn);
    assert.deepEqual(warnings, []);
  });
});
